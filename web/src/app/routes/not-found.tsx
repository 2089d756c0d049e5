import { Link } from "@tanstack/react-router";
import { Notice } from "../../ui/notice";

export function NotFound() {
  return (
    <main>
      <Notice icon="search" title="There is no such page" isPage action={<Link to="/">Go to your projects</Link>}>
        The address may be mistyped, or the page may have moved.
      </Notice>
    </main>
  );
}
