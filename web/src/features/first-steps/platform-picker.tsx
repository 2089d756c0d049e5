import styles from "./platform-picker.module.css";
import { platformGroups, platforms } from "./platforms";

type Props = { value: string; name: string; onChange: (id: string) => void };

export function PlatformPicker({ value, name, onChange }: Props) {
  return (
    <div className={styles["picker"]}>
      {platformGroups.map((group) => (
        <fieldset key={group} className={styles["group"]}>
          <legend className={styles["legend"]}>{group}</legend>
          {platforms
            .filter((platform) => platform.group === group)
            .map((platform) => (
              <label key={platform.id} className={styles["platform"]}>
                <input className={styles["input"]} type="radio" name={name} value={platform.id} checked={platform.id === value} onChange={() => onChange(platform.id)} />
                <span className={styles["name"]}>{platform.name}</span>
              </label>
            ))}
        </fieldset>
      ))}
    </div>
  );
}
