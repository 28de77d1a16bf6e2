// What every server of the tests has in common: it runs in a process of its own, listens on loopback only, is told what to do
// by messages, and ends with its parent, after a time, or after a number of requests.
import { createServer } from "node:http";

/**
 * Listens on two ports and sends their numbers to the parent.
 *
 * @param answer handles a request; what it throws cuts the connection
 * @param onMessage what the parent is answered to a message
 */
export async function standIn({ answer, onMessage, mostRequests = 5_000, seconds = 120 }) {
  let requests = 0;
  const ports = [];
  for (let host = 0; host < 2; host++) {
    const server = createServer((request, response) => {
      requests += 1;
      if (requests > mostRequests) process.exit(1);
      answer(request, response).catch(() => request.socket.destroy());
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.push(server.address().port);
  }
  process.on("disconnect", () => process.exit(0));
  setTimeout(() => process.exit(1), seconds * 1_000);
  process.on("message", (message) => process.send(onMessage(message)));
  process.send({ ports });
}
