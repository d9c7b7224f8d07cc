import * as Radix from "@radix-ui/react-dropdown-menu";
import { createContext, useContext, useMemo, useRef, type ReactElement, type ReactNode } from "react";
import { Icon } from "./icon";
import styles from "./menu.module.css";

type Then = (action: () => void) => void;

const AfterClosing = createContext<Then>((action) => action());

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  /** It is open when it appears. */
  open?: boolean;
  children: ReactNode;
}

/** A menu below its button. What an entry does happens when the menu is gone and its button has the focus again, so
 * that a dialog opened by it gives the focus back to the button. */
export function Menu({ trigger, open = false, children }: MenuProps) {
  const chosen = useRef<(() => void) | null>(null);
  const then = useMemo<Then>(() => (action) => (chosen.current = action), []);
  const afterClosing = () => {
    const action = chosen.current;
    chosen.current = null;
    // Radix focuses the button right after this.
    if (action !== null) queueMicrotask(action);
  };
  return (
    <Radix.Root modal={false} defaultOpen={open}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      {/* Within the page's landmarks: who goes from landmark to landmark finds it. */}
      <Radix.Portal container={document.getElementById("content")}>
        <Radix.Content
          className={styles.menu}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={afterClosing}
        >
          <AfterClosing value={then}>{children}</AfterClosing>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MenuItemProps {
  onSelect: () => void;
  tone?: "calm" | "danger";
  children: ReactNode;
  "data-testid"?: string;
}

export function MenuItem({ onSelect, tone = "calm", children, ...rest }: MenuItemProps) {
  const afterClosing = useContext(AfterClosing);
  return (
    <Radix.Item className={styles.item} data-tone={tone} onSelect={() => afterClosing(onSelect)} {...rest}>
      {children}
    </Radix.Item>
  );
}

interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange: (value: T) => void;
}

/** One of several. The menu stays open: one sees what it does. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as T)} aria-label={label}>
      <Radix.Label className={styles.label}>{label}</Radix.Label>
      {options.map((option) => (
        <Radix.RadioItem
          key={option.value}
          value={option.value}
          lang={option.lang}
          className={styles.item}
          onSelect={(event) => event.preventDefault()}
        >
          <Check />
          {option.label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

interface MenuSwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}

export function MenuSwitch({ checked, onChange, children }: MenuSwitchProps) {
  return (
    <Radix.CheckboxItem
      className={styles.item}
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <Check />
      {children}
    </Radix.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className={styles.label}>{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className={styles.line} />;
}

function Check() {
  return (
    <span className={styles.check}>
      <Radix.ItemIndicator>
        <Icon name="check" size={18} />
      </Radix.ItemIndicator>
    </span>
  );
}
