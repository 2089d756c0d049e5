export const outcomeOrder = ["accepted", "filtered", "rate_limited", "invalid", "client_discard", "unsupported", "dead"];

const words: Record<string, string> = {
  accepted: "Accepted",
  filtered: "Filtered",
  rate_limited: "Rate limited",
  invalid: "Invalid",
  client_discard: "Dropped by the SDK",
  unsupported: "Unsupported",
  dead: "Dead letters",
};

export const outcomeWord = (outcome: string): string => words[outcome] ?? outcome;

export const readable = (name: string): string => name.replaceAll("_", " ");
