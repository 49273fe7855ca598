import { useState } from "preact/hooks";
import { Button } from "../../kit/button.tsx";
import { Field, Select } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";
import { type AuditFilter, auditFilter } from "./audit-query.ts";

export interface AuditFilterFormProps {
	readonly filter: AuditFilter;
	readonly onChange: (filter: AuditFilter) => void;
}

/** Narrows the list down to a person, a project or a kind of change. */
export function AuditFilterForm({ filter, onChange }: AuditFilterFormProps) {
	const { audit } = texts.value;
	const [user, setUser] = useState(filter.user ?? "");
	const [project, setProject] = useState(filter.project === undefined ? "" : `${filter.project}`);
	const apply = (operation = filter.operation ?? "") =>
		onChange(auditFilter({ user: user.trim(), project: project.trim(), operation }));
	const operations = Object.entries(audit.operations).map(([value, text]) => ({ value, text }));
	const known = operations.some(({ value }) => value === filter.operation);
	const { operation = "" } = filter;
	const others = known || operation === "" ? [] : [{ value: operation, text: operation }];
	return (
		<form
			class="audit-filter"
			onSubmit={(event) => {
				event.preventDefault();
				apply();
			}}
		>
			<Field
				label={audit.person}
				value={user}
				onInput={setUser}
				maxLength={200}
				autocomplete="off"
				autocapitalize="none"
				spellcheck={false}
			/>
			<Field
				label={audit.project}
				value={project}
				onInput={setProject}
				type="number"
				min={1}
				autocomplete="off"
			/>
			<Select
				label={audit.what}
				value={operation}
				options={[{ value: "", text: audit.allOperations }, ...others, ...operations]}
				onChange={apply}
			/>
			<div class="audit-buttons">
				<Button type="submit" icon="filter">
					{audit.narrow}
				</Button>
				{Object.keys(filter).length > 0 && (
					<Button kind="quiet" onClick={() => onChange({})}>
						{audit.clear}
					</Button>
				)}
			</div>
		</form>
	);
}
