import { useId, useRef, useState, type KeyboardEvent } from "react";
import type { Facets } from "../../api/types";
import { Icon } from "../../ui/icon";
import { IconButton } from "../../ui/icon-button";
import { useShortcuts } from "../../ui/shortcuts/use-shortcuts";
import { suggest, type Completion } from "./completions";
import styles from "./search-bar.module.css";

type Props = { query: string; facets: Facets; problem: string | null; onSearch: (query: string) => void };

/** Mount it with the query as key: another query from outside starts a new draft. */
export function SearchBar({ query, facets, problem, onSearch }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(query);
  const [caret, setCaret] = useState(query.length);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  useShortcuts({ focusSearch: () => input.current?.focus() });

  const suggestions = suggest(draft, caret, facets);
  const isListOpen = isOpen && suggestions.items.length > 0;

  const handleChange = (text: string, position: number) => {
    setDraft(text);
    setCaret(position);
    setActive(-1);
    setIsOpen(true);
  };
  const handleSearch = (text: string) => {
    setIsOpen(false);
    onSearch(text.trim());
  };
  const handleTake = (completion: Completion) => {
    const text = draft.slice(0, suggestions.start) + completion.insert + draft.slice(suggestions.end).trimStart();
    handleChange(text, suggestions.start + completion.insert.length);
    input.current?.focus();
  };
  const handleKeyDown = (event: KeyboardEvent) => {
    const count = suggestions.items.length;
    const chosen = suggestions.items[active];
    if (event.key === "Escape") {
      if (isListOpen) setIsOpen(false);
      else input.current?.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setIsOpen(true);
      if (count > 0) setActive((current) => (current + (event.key === "ArrowDown" ? 1 : current < 0 ? 0 : -1) + count) % count);
    } else if (event.key === "Tab" && isListOpen && chosen !== undefined) {
      event.preventDefault();
      handleTake(chosen);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isListOpen && chosen !== undefined) handleTake(chosen);
      else handleSearch(draft);
    }
  };

  return (
    <div className={styles["search"]} role="search">
      <Icon name="search" />
      <input
        ref={input}
        className={styles["input"]}
        role="combobox"
        aria-label="Search issues"
        aria-expanded={isListOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isListOpen && active >= 0 ? `${id}-${active}` : undefined}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="is:unresolved level:error environment:production release:1.2 text"
        value={draft}
        onChange={(event) => handleChange(event.target.value, event.target.selectionStart ?? event.target.value.length)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onKeyDown={handleKeyDown}
      />
      {draft !== "" && <IconButton icon="close" label="Clear the search" onClick={() => handleSearch("")} />}
      <ul id={`${id}-list`} role="listbox" aria-label="Completions" className={styles["list"]} hidden={!isListOpen}>
        {suggestions.items.map((completion, index) => (
          <li
            key={completion.insert}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={styles["option"]}
            onPointerDown={(event) => {
              event.preventDefault();
              handleTake(completion);
            }}
          >
            <span className={styles["label"]}>{completion.label}</span>
            <span className={styles["hint"]}>{completion.hint}</span>
          </li>
        ))}
      </ul>
      {problem !== null && (
        <p id={`${id}-problem`} role="alert" className={styles["problem"]}>
          {problem}
        </p>
      )}
    </div>
  );
}
