import { formatTime } from "../../kit/format.ts";
import { type Column, Table } from "../../kit/table.tsx";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { type AuditFilter, auditQuery } from "./audit-query.ts";
import type { AuditEntry } from "./audit-server.ts";

export interface AuditTableProps {
	readonly entries: readonly AuditEntry[];
	/** What the list is narrowed down to: a name or project in it narrows it further. */
	readonly filter: AuditFilter;
}

/** Changes, the newest first. */
export function AuditTable({ entries, filter }: AuditTableProps) {
	const { audit, shell } = texts.value;
	const only = (more: AuditFilter) =>
		hashOf({ screen: "audit", query: auditQuery({ ...filter, ...more }) });
	const columns: readonly Column<AuditEntry>[] = [
		{
			title: audit.when,
			cell: ({ at }) => (
				<time class="audit-time" dateTime={at}>
					{formatTime(Date.parse(at))}
				</time>
			),
		},
		{
			title: audit.person,
			cell: ({ u_name }) => (
				<a class="audit-link" href={only({ user: u_name })} title={audit.onlyPerson(u_name)}>
					{u_name}
				</a>
			),
		},
		{ title: audit.what, cell: (entry) => <What entry={entry} /> },
		{
			title: audit.where,
			cell: ({ p_id, p_name }) =>
				p_id !== null && (
					<a class="audit-link" href={only({ project: p_id })} title={audit.onlyProject(p_id)}>
						{p_name ?? audit.gone(p_id)}
					</a>
				),
		},
		{ title: audit.channel, cell: ({ door: channel }) => audit.channels[channel] ?? channel },
	];
	return <Table label={shell.audit} columns={columns} rows={entries} keyOf={({ id }) => id} />;
}

function What({ entry: { operation, details } }: { readonly entry: AuditEntry }) {
	const { operations } = texts.value.audit;
	const known = Object.entries(details);
	return (
		<span class="audit-what">
			{operations[operation] ?? operation}
			{known.length > 0 && (
				<small>
					{known.map(([key, value]) => (
						<span key={key}>
							{key} <b>{String(value)}</b>
						</span>
					))}
				</small>
			)}
		</span>
	);
}
