import { useEffect, useId, useState, type ReactNode } from "react";
import styles from "./dialog.module.css";
import { FloatingLayerContext } from "./floating-layer";
import { Icon } from "./icon";

type Props = { title: string; children: ReactNode; onClose: () => void; hasHeader?: boolean; placement?: "center" | "top" | "side" };

/** The browser's own modal dialog: focus stays inside, Escape closes, the page behind is inert. Mounted means open. */
export function Dialog({ title, children, onClose, hasHeader = true, placement = "center" }: Props) {
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const titleId = useId();

  // Follows the dialog element, whose modal state lives in the browser.
  useEffect(() => {
    dialog?.showModal();
    return () => dialog?.close();
  }, [dialog]);

  return (
    <dialog
      ref={setDialog}
      className={styles[placement]}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog) onClose();
      }}
    >
      <div className={styles["panel"]}>
        <div className={hasHeader ? styles["header"] : "visually-hidden"}>
          <h2 id={titleId}>{title}</h2>
          {hasHeader && (
            <button type="button" aria-label="Close" className={styles["close"]} onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </div>
        <FloatingLayerContext value={dialog}>{children}</FloatingLayerContext>
      </div>
    </dialog>
  );
}
