// The server's JSON answers. Errors become sentences.

const OFFLINE = "formcheck does not answer: is it still running? Start it again: click its icon, or type `formcheck start`.";

async function asked(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error instanceof TypeError) throw new Error(OFFLINE, { cause: error }); // fetch's word for no connection
    throw error;
  }
  if (!answer.ok) throw Object.assign(new Error(await sentence(answer)), { status: answer.status });
  return answer;
}

async function sentence(answer) {
  const text = await answer.text();
  if (!answer.headers.get("content-type")?.startsWith("application/json")) {
    return text || `formcheck answered ${answer.status}.`;
  }
  return JSON.parse(text).error ?? text;
}

/** What `path` holds. Throws an `Error` whose message can be shown. */
export const read = async (path) => (await asked(path)).json();

/** Whether formcheck answers this page: "open", "locked" where it does not know the page's key, or "away". */
export async function door() {
  try {
    await asked("/api/exercises");
    return "open";
  } catch (error) {
    if (error.status === 403) return "locked";
    return error.message === OFFLINE ? "away" : "open";
  }
}

/** Deletes what `path` names; what another page has deleted already is as good. Throws as `read`. */
export async function remove(path) {
  try {
    await asked(path, { method: "DELETE" });
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}

/** Sends `body` to `path`; the answer's JSON, null where it is empty. Throws as `read`. */
export async function send(path, body, headers = {}) {
  const answer = await asked(path, { method: "POST", body, headers });
  return answer.status === 204 ? null : answer.json();
}
