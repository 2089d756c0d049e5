import { Dialog } from "../../ui/dialog";
import { KeyCaps } from "../../ui/key-caps";
import { keyLabel, shortcutIds, shortcuts } from "../../ui/shortcuts/registry";
import styles from "./shortcut-sheet.module.css";

type Props = { onClose: () => void };

const groups = [...new Set(shortcutIds.map((id) => shortcuts[id].group))];

export function ShortcutSheet({ onClose }: Props) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className={styles["sheet"]}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={styles["group"]}>{group}</h3>
            <dl>
              {shortcutIds
                .filter((id) => shortcuts[id].group === group)
                .map((id) => (
                  <div key={id} className={styles["row"]}>
                    <dt>{shortcuts[id].label}</dt>
                    <dd>
                      <KeyCaps keys={shortcuts[id].keys.map(keyLabel)} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
