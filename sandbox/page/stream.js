// The event stream. The browser resumes it by Last-Event-ID; here is what it does not do by itself.
//
// A hidden tab closes its stream, because a browser allows only six connections to one host: six forgotten tabs would
// leave none for the seventh. When it is shown again, a snapshot brings everything.

const EVENTS = ["snapshot", "message", "update", "deleted", "request", "faults", "clock", "warning"];
const RETRY_AFTER_REFUSAL = 1000;

export function listen({ received, connected, lost }) {
  let source = null;
  let retry = 0;

  function open() {
    if (source || document.hidden) return;
    source = new EventSource("/_sandbox/events");
    source.addEventListener("open", connected);
    source.addEventListener("error", failed);
    for (const name of EVENTS) source.addEventListener(name, (event) => received(name, JSON.parse(event.data)));
  }

  function close() {
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  function failed() {
    lost();
    // The browser tries again by itself unless it was refused, or thinks so.
    if (source?.readyState === EventSource.CLOSED) {
      close();
      retry = setTimeout(open, RETRY_AFTER_REFUSAL);
    }
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}
