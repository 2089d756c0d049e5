import { useRouter } from "@tanstack/react-router";
import { useSignOut } from "../../api/sign-out";
import { useSwitchOrganization } from "../../api/switch-organization";
import { useSession } from "../../session/session-context";
import { Menu, MenuChoices, MenuItem, MenuLabel, MenuSeparator } from "../../ui/menu";
import { useToasts } from "../../ui/toasts";
import styles from "./user-menu.module.css";

export function UserMenu() {
  const { user, role, organizations, organizationId } = useSession();
  const switchOrganization = useSwitchOrganization();
  const signOut = useSignOut();
  const router = useRouter();
  const toasts = useToasts();
  const name = user.display_name === "" ? user.email : user.display_name;
  const handleSignOut = () =>
    signOut.mutate(undefined, {
      onSuccess: () => void router.navigate({ to: "/sign-in" }),
      onError: () => toasts.show("Signing out did not work"),
    });
  const handleSwitch = (id: string) =>
    switchOrganization.mutate(id, {
      onSuccess: () => void router.invalidate().then(() => router.navigate({ to: "/" })),
      onError: () => toasts.show("The organization could not be changed"),
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
      {organizations.length > 1 && (
        <>
          <MenuChoices label="Organization" value={organizationId} choices={organizations.map(({ id, name: label }) => ({ value: id, label }))} onChange={handleSwitch} />
          <MenuSeparator />
        </>
      )}
      <MenuItem icon="signOut" onSelect={handleSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
