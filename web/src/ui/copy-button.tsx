import { useState } from "react";
import { Button } from "./button";
import { Icon } from "./icon";
import { IconButton } from "./icon-button";

type Props = { text: string | (() => string); label: string; isCompact?: boolean };

const confirmedMs = 1_600;

export function CopyButton({ text, label, isCompact = false }: Props) {
  const [isCopied, setIsCopied] = useState(false);
  const handleClick = () => {
    void navigator.clipboard.writeText(typeof text === "string" ? text : text()).then(() => {
      setIsCopied(true);
      window.setTimeout(() => setIsCopied(false), confirmedMs);
    });
  };
  const icon = isCopied ? "check" : "copy";
  if (isCompact) return <IconButton icon={icon} label={isCopied ? "Copied" : label} onClick={handleClick} />;
  return (
    <Button size="s" onClick={handleClick}>
      <Icon name={icon} />
      <span aria-live="polite">{isCopied ? "Copied" : label}</span>
    </Button>
  );
}
