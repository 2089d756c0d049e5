import type { IconName } from "../../ui/icon";
import { IconButton } from "../../ui/icon-button";
import { chooseTheme, useTheme, type Theme } from "../../ui/theme";

const next: Record<Theme, { theme: Theme; icon: IconName; label: string }> = {
  system: { theme: "light", icon: "system", label: "Theme: as the system (switch to light)" },
  light: { theme: "dark", icon: "sun", label: "Theme: light (switch to dark)" },
  dark: { theme: "system", icon: "moon", label: "Theme: dark (follow the system)" },
};

export function ThemeToggle() {
  const { theme, icon, label } = next[useTheme()];
  return <IconButton icon={icon} label={label} onClick={() => chooseTheme(theme)} />;
}
