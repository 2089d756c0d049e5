import { useRouter } from "@tanstack/react-router";
import { useSignOut } from "../../api/sign-out";
import { useSession } from "../../session/session-context";
import { Menu, MenuItem, MenuLabel } from "../../ui/menu";
import { useToasts } from "../../ui/toasts";
import styles from "./user-menu.module.css";

export function UserMenu() {
  const { user, role } = useSession();
  const signOut = useSignOut();
  const router = useRouter();
  const toasts = useToasts();
  const name = user.display_name === "" ? user.email : user.display_name;
  const handleSignOut = () =>
    signOut.mutate(undefined, {
      onSuccess: () => void router.navigate({ to: "/sign-in" }),
      onError: () => toasts.show("Signing out did not work"),
    });
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className={styles["trigger"]} aria-label={`Account of ${name}`}>
          {name.slice(0, 1).toUpperCase()}
        </button>
      }
    >
      <MenuLabel>
        {user.email} · {role}
      </MenuLabel>
      <MenuItem icon="signOut" onSelect={handleSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
