import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";

type Props = { query: string; onReset: () => void };

export function NoMatches({ query, onReset }: Props) {
  if (query === "is:unresolved") {
    return (
      <Notice icon="check" title="Nothing unresolved" action={<Button onClick={onReset}>Show all issues</Button>}>
        Every issue of this period is resolved or ignored.
      </Notice>
    );
  }
  return (
    <Notice icon="inbox" title="No issue matches" action={query === "" ? undefined : <Button onClick={onReset}>Clear the search</Button>}>
      {query === "" ? "Nothing was seen in this period." : <code>{query}</code>}
    </Notice>
  );
}
