import { Icon } from "../../ui/icon";
import { KeyCaps } from "../../ui/key-caps";
import { keyLabel, shortcuts } from "../../ui/shortcuts/registry";
import styles from "./search-trigger.module.css";

type Props = { onOpen: () => void };

export function SearchTrigger({ onOpen }: Props) {
  return (
    <button type="button" className={styles["trigger"]} onClick={onOpen}>
      <Icon name="search" />
      <span className={styles["text"]}>Search or jump to …</span>
      <span className={styles["keys"]}>
        <KeyCaps keys={shortcuts.palette.keys.map(keyLabel)} />
      </span>
    </button>
  );
}
