// OpenAI's Batch API as the chat server of the tests has it: files and batches in memory.

/** @param complete the answer to the body of a chat completion */
export function openBatchApi(complete) {
  const files = new Map();
  const batches = new Map();

  function keep(lines) {
    const id = `file-${files.size}`;
    files.set(id, lines);
    return id;
  }

  /** Works on a batch when its time has come: a part may be left undone, or fail. */
  function finish(batch, { status = "completed", answered = Number.POSITIVE_INFINITY }) {
    batch.status = status;
    if (status === "failed") {
      batch.errors = { object: "list", data: [{ code: "invalid", message: "line 1 is faulty" }] };
      return;
    }
    const requests = files.get(batch.input_file_id).split("\n").filter(Boolean);
    const [good, bad] = [[], []];
    for (const [index, text] of requests.entries()) {
      const { custom_id, body } = JSON.parse(text);
      const failed = /\[status (\d+)\]/.exec(body.messages[0].content)?.[1];
      const error = { error: { message: "cannot answer this" } };
      if (index >= answered)
        bad.push({ custom_id, response: null, error: { code: "batch_expired", message: "too late" } });
      else if (failed) bad.push({ custom_id, response: { status_code: Number(failed), body: error }, error: null });
      else good.push({ custom_id, response: { status_code: 200, body: complete(body) }, error: null });
    }
    // the order of the answers means nothing
    if (good.length > 0) batch.output_file_id = keep(toLines(good.reverse()));
    if (bad.length > 0) batch.error_file_id = keep(toLines(bad));
  }

  function create(body) {
    const { input_file_id, metadata } = JSON.parse(body);
    const batch = { id: `batch-${batches.size}`, status: "validating", input_file_id, metadata, looks: 0 };
    batches.set(batch.id, batch);
    return batch;
  }

  function look(id, behaviour) {
    const batch = batches.get(id);
    batch.looks += 1;
    if (batch.status === "validating" && batch.looks > (behaviour.looks ?? 0)) finish(batch, behaviour);
    return batch;
  }

  const routes = [
    { method: "POST", path: /^\/v1\/files$/, answer: (_, body) => ({ id: keep(uploaded(body)), object: "file" }) },
    { method: "GET", path: /^\/v1\/files\/([^/]+)\/content$/, answer: (id) => files.get(id) },
    { method: "POST", path: /^\/v1\/batches$/, answer: (_, body) => create(body) },
    { method: "GET", path: /^\/v1\/batches\?limit=/, answer: () => ({ data: [...batches.values()].reverse() }) },
    { method: "GET", path: /^\/v1\/batches\/([^/?]+)$/, answer: (id, _, behaviour) => look(id, behaviour) },
  ];

  return ({ method, url, body }, behaviour) => {
    const route = routes.find((candidate) => candidate.method === method && candidate.path.test(url));
    if (route === undefined) return { status: 404, body: { error: { message: `no ${url}` } } };
    return { status: 200, body: route.answer(route.path.exec(url)[1], body, behaviour) };
  };
}

function toLines(rows) {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** The part of a form that is a file. */
function uploaded(body) {
  const boundary = body.slice(0, body.indexOf("\r\n"));
  const part = body.split(boundary).find((text) => text.includes("filename="));
  return part.slice(part.indexOf("\r\n\r\n") + 4, part.lastIndexOf("\r\n"));
}
