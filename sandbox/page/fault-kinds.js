// The faults that can be set, in the words of the page, with the fields of each. `delivered` says whether the request
// is processed all the same: the question that a client must not get wrong.

const STATUS = { name: "status", label: "HTTP status", type: "number", min: 100, max: 999, required: true };

export const KINDS = [
  {
    kind: "answer",
    label: "an answer of your choice",
    delivered: false,
    fields: [
      { ...STATUS, value: 500 },
      { name: "content_type", label: "Content-Type", value: "application/json" },
      { name: "body", label: "Body", multiline: true, value: '{"message":"Internal server error"}' },
    ],
  },
  {
    kind: "rate_limited",
    label: "429 with Retry-After",
    delivered: false,
    fields: [{ name: "retry_after", label: "Retry-After", value: "7" }],
  },
  {
    kind: "delay",
    label: "an answer that comes late",
    delivered: true,
    fields: [
      { name: "ms", label: "Milliseconds", type: "number", min: 0, max: 120000, value: 3000, required: true },
      { name: "before", label: "Before", options: { head: "the head", body: "half of the body" } },
    ],
  },
  { kind: "close", label: "a connection closed without an answer", delivered: false, fields: [] },
  { kind: "reset", label: "a connection reset without an answer", delivered: false, fields: [] },
  { kind: "truncated", label: "an answer that breaks off", delivered: true, fields: [] },
  { kind: "invalid_json", label: "an answer that is not JSON", delivered: true, fields: [] },
  { kind: "gateway_html", label: "the HTML page of a gateway", delivered: false, fields: [{ ...STATUS, value: 502 }] },
  { kind: "answer_lost", label: "no answer, although it was delivered", delivered: true, fields: [] },
];

export const PRESETS = [
  { label: "500 once", do: { kind: "answer", status: 500, body: '{"message":"Internal server error"}' } },
  { label: "429, retry after 2 s", do: { kind: "rate_limited", retry_after: "2" } },
  { label: "3 s late", do: { kind: "delay", ms: 3000, before: "head" } },
  { label: "Answer lost", do: { kind: "answer_lost" } },
  { label: "502 page", do: { kind: "gateway_html", status: 502 } },
];

const kindOf = (name) => KINDS.find(({ kind }) => kind === name);

export const labelOf = (name) => kindOf(name)?.label ?? name;

export function detailsOf(action) {
  const given = kindOf(action.kind)?.fields.filter(({ multiline }) => !multiline) ?? [];
  return given.filter(({ name }) => action[name] !== undefined).map(({ name, label }) => `${label} ${action[name]}`).join(", ");
}
