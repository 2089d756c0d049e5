import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { Button } from "./button";
import { IconButton } from "./icon-button";
import styles from "./toasts.module.css";

type Action = { label: string; onAction: () => void };
type Toast = { id: number; message: string; action?: Action };
type Toasts = { show: (message: string, action?: Action) => void };

const visibleMs = 8_000;
const ToastsContext = createContext<Toasts>({ show: () => undefined });

export const useToasts = () => use(ToastsContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(1);

  const dismiss = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const show = useCallback(
    (message: string, action?: Action) => {
      const id = nextId.current++;
      setToasts((shown) => [...shown.slice(-2), action === undefined ? { id, message } : { id, message, action }]);
      window.setTimeout(() => dismiss(id), visibleMs);
    },
    [dismiss],
  );
  const value = useMemo(() => ({ show }), [show]);

  return (
    <ToastsContext value={value}>
      {children}
      <div className={styles["region"]} role="status" aria-live="polite">
        {toasts.map(({ id, message, action }) => (
          <div key={id} className={styles["toast"]}>
            <span className={styles["message"]}>{message}</span>
            {action !== undefined && (
              <Button
                size="s"
                variant="ghost"
                className={styles["action"]}
                onClick={() => {
                  dismiss(id);
                  action.onAction();
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton icon="close" label="Dismiss" onClick={() => dismiss(id)} />
          </div>
        ))}
      </div>
    </ToastsContext>
  );
}
