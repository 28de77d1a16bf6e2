// What every server of the tests has in common: it runs in a process of its own, listens on loopback only, is told what to do
// by messages, and ends with its parent, after a time, or after a number of requests.
import { createServer } from "node:http";

/**
 * Listens on some ports, two free ones unless told, and sends their numbers to the parent.
 *
 * @param answer handles a request; what it throws cuts the connection
 * @param onMessage what the parent is answered to a message; nothing when undefined
 */
export async function standIn({ answer, onMessage, ports = [0, 0], mostRequests = 5_000, seconds = 120 }) {
  let requests = 0;
  const open = [];
  for (const port of ports) {
    const server = createServer((request, response) => {
      requests += 1;
      if (requests > mostRequests) process.exit(1);
      answer(request, response).catch(() => request.socket.destroy());
    });
    await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
    open.push(server.address().port);
  }
  process.on("disconnect", () => process.exit(0));
  setTimeout(() => process.exit(1), seconds * 1_000);
  process.on("message", (message) => {
    const answered = onMessage(message);
    if (answered !== undefined) process.send(answered);
  });
  process.send({ ports: open });
}
