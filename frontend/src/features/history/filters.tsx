import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTutors } from "@/api/tutors";
import { Icon } from "@/components/ui/icon";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import styles from "./filters.module.css";
import type { Wanted } from "./wanted";

/** So long one does not type before it is searched. */
const PAUSE_MS = 300;
const MAX_SEARCH = 200;
const STATUSES = ["active", "ended"] as const;

interface FiltersProps {
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
}

export function Filters({ wanted, onChange }: FiltersProps) {
  const { t } = useTranslation(["history", "common"]);
  const { data: tutors } = useTutors();
  return (
    <div role="search" className={styles.filters}>
      <SearchField search={wanted.search} onSearch={(search) => onChange({ ...wanted, search })} />
      <select
        aria-label={t("filter.tutor")}
        value={wanted.tutor ?? ""}
        onChange={({ target: { value } }) => onChange({ ...wanted, tutor: value === "" ? null : Number(value) })}
        data-testid="filter-tutor"
      >
        <option value="">{t("filter.allTutors")}</option>
        {tutors?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={t("filter.status")}
        value={wanted.status ?? ""}
        onChange={({ target: { value } }) =>
          onChange({ ...wanted, status: STATUSES.find((status) => status === value) ?? null })
        }
        data-testid="filter-status"
      >
        <option value="">{t("filter.anyStatus")}</option>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {t(status)}
          </option>
        ))}
      </select>
    </div>
  );
}

function SearchField({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  const { t } = useTranslation(["history", "common"]);
  const [text, setText] = useState(search);
  useEffect(() => {
    if (text.trim() === search) return;
    const timer = setTimeout(() => onSearch(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <label className={styles.search}>
      <Icon name="search" size={18} />
      <VisuallyHidden>{t("search")}</VisuallyHidden>
      <input
        type="search"
        value={text}
        placeholder={t("search")}
        maxLength={MAX_SEARCH}
        onChange={(event) => setText(event.target.value)}
        data-testid="history-search"
      />
    </label>
  );
}
