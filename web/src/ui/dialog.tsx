import { useEffect, useId, useRef, type ReactNode } from "react";
import styles from "./dialog.module.css";
import { IconButton } from "./icon-button";

type Props = { title: string; children: ReactNode; onClose: () => void; hasHeader?: boolean; placement?: "center" | "top" | "side" };

/** The browser's own modal dialog: focus stays inside, Escape closes, the page behind is inert. Mounted means open. */
export function Dialog({ title, children, onClose, hasHeader = true, placement = "center" }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // Follows the dialog element, whose modal state lives in the browser.
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={styles[placement]}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={styles["panel"]}>
        <div className={hasHeader ? styles["header"] : "visually-hidden"}>
          <h2 id={titleId}>{title}</h2>
          {hasHeader && <IconButton icon="close" label="Close" onClick={onClose} />}
        </div>
        {children}
      </div>
    </dialog>
  );
}
