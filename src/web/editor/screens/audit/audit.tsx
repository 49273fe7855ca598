import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { AdminsOnly } from "../admins-only.tsx";
import { queryOf } from "../query.ts";
import { useLoaded } from "../use-loaded.ts";
import { AuditFilterForm } from "./audit-filter.tsx";
import { type AuditFilter, auditFilter, auditQuery } from "./audit-query.ts";
import { readAudit } from "./audit-server.ts";
import { AuditTable } from "./audit-table.tsx";
import "./audit.css";

/** All changes, for administrators. */
export default function AuditScreen({ app }: { readonly app: App }) {
	useTitle(texts.value.shell.audit);
	if (app.session.person.value.role !== "admin") return <AdminsOnly />;
	return <Audit app={app} />;
}

function Audit({ app }: { readonly app: App }) {
	const { audit, shell } = texts.value;
	const filter = auditFilter(queryOf(app));
	const key = JSON.stringify(filter);
	const page = useLoaded(() => readAudit(app.ask, filter), { clock: app.clock, key });
	const go = (next: AuditFilter) => app.navigation.go({ screen: "audit", query: auditQuery(next) });
	const { before, ...narrowed } = filter;
	const isNarrowed = Object.keys(narrowed).length > 0;
	const { value, reason, status, reload } = page;
	const next = value?.next ?? null;
	return (
		<>
			<h1>{shell.audit}</h1>
			<p class="audit-hint">{audit.hint}</p>
			<AuditFilterForm key={key} filter={narrowed} onChange={go} />
			{value === undefined && reason === undefined && <Spinner />}
			{reason !== undefined && (
				<Failed reason={status === 0 ? shell.unreachableNow : reason} onRetry={reload} />
			)}
			{value?.entries.length === 0 && (
				<EmptyState
					icon="log"
					title={isNarrowed || before !== undefined ? audit.noneFound : audit.empty}
					action={isNarrowed && <Button onClick={() => go({})}>{audit.clear}</Button>}
				/>
			)}
			{value !== undefined && value.entries.length > 0 && (
				<AuditTable entries={value.entries} filter={narrowed} />
			)}
			<div class="audit-pages">
				{before !== undefined && (
					<Button icon="up" onClick={() => go(narrowed)}>
						{audit.newest}
					</Button>
				)}
				{next !== null && (
					<Button icon="down" onClick={() => go({ ...narrowed, before: next })}>
						{audit.older}
					</Button>
				)}
			</div>
		</>
	);
}
