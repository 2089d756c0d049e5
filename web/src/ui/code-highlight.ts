export type TokenKind = "plain" | "keyword" | "string" | "number" | "comment";
export type CodeToken = { kind: TokenKind; text: string };

const keywords = new Set(
  (
    "and as assert async await begin break case catch class const continue def default defer del do elif else elsif end ensure enum except export extends false False final finally fn for from func function go if impl implements import in interface is lambda let loop match module mut namespace new nil None not null or override package pass private protected pub public raise readonly rescue return self static struct super switch this throw throws trait true True try type typeof unless until use val var void when where while with yield"
  ).split(" "),
);

const longestLine = 400;
const tokenPattern = /((?<!:)\/\/.*$|#(?![0-9a-fA-F]{3,8}\b).*$|\/\*.*?(?:\*\/|$))|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|\b(\d[\d_]*(?:\.\d+)?)\b|([A-Za-z_$][\w$]*)/g;

/** One line of any of our languages: good enough to read by, and it only ever yields text. Long (minified) lines stay plain. */
export function highlightLine(line: string): CodeToken[] {
  if (line.length > longestLine) return [{ kind: "plain", text: line }];
  const tokens: CodeToken[] = [];
  let end = 0;
  for (const match of line.matchAll(tokenPattern)) {
    const [text, comment, string, number, word] = match;
    const kind = comment !== undefined ? "comment" : string !== undefined ? "string" : number !== undefined ? "number" : word !== undefined && keywords.has(word) ? "keyword" : "plain";
    if (kind === "plain") continue;
    if (match.index > end) tokens.push({ kind: "plain", text: line.slice(end, match.index) });
    tokens.push({ kind, text });
    end = match.index + text.length;
  }
  if (end < line.length) tokens.push({ kind: "plain", text: line.slice(end) });
  return tokens;
}
