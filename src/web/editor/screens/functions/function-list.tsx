import { useLayoutEffect, useRef } from "preact/hooks";
import type { App } from "../../app-context.ts";
import type { FunctionListed } from "../../code/functions-server.ts";
import { codeTexts } from "../../code/words.ts";
import { LinkButton } from "../../kit/button.tsx";
import { formatAgo } from "../../kit/format.ts";
import { Search } from "../../kit/search.tsx";
import { EmptyState } from "../../kit/states.tsx";
import { hashOf, type Query } from "../../routes.ts";
import { groupsOf } from "./function-groups.ts";

export interface FunctionListProps {
	readonly app: App;
	readonly functions: readonly FunctionListed[];
	/** The one that is open. */
	readonly fnId: number | undefined;
	readonly query: Query;
	/** Whether this browser has a draft of it. */
	readonly hasDraft: (fnId: number) => boolean;
}

/** All functions the reader may see: their own, the system's, and for administrators those of others. */
export function FunctionList({ app, functions, fnId, query, hasDraft }: FunctionListProps) {
	const words = codeTexts.value;
	const { u_id: uId, role } = app.session.person.value;
	const search = query.q ?? "";
	const groups = groupsOf(functions, { uId, search });
	const mayCreate = role !== "student";
	const create = mayCreate && (
		<LinkButton href={hashOf({ screen: "functions", query: { new: "1" } })} icon="add">
			{words.create}
		</LinkButton>
	);
	const narrow = (q: string) => {
		const { q: _, ...rest } = query;
		const next = q === "" ? rest : { ...rest, q };
		const place = { screen: "functions" as const, ...(fnId !== undefined && { fnId }) };
		app.navigation.go({ ...place, query: next }, "replace");
	};
	const hasOwn = functions.some(({ owner }) => owner?.u_id === uId);
	return (
		<nav class="functions-list" aria-label={words.list}>
			<Search label={words.search} value={search} onInput={narrow} />
			{create}
			{!hasOwn && search === "" && query.new === undefined && mayCreate && (
				<EmptyState icon="function" title={words.empty} hint={words.emptyHint} />
			)}
			{groups.length === 0 && search !== "" && <p role="status">{words.noMatch(search)}</p>}
			{groups.map(({ id, functions }) => (
				<section key={id}>
					<h2>{words[id]}</h2>
					<ul>
						{functions.map((fn) => (
							<Entry
								key={fn.fn_id}
								{...{ app, fn, query }}
								isOpen={fn.fn_id === fnId}
								hasDraft={hasDraft(fn.fn_id)}
							/>
						))}
					</ul>
				</section>
			))}
		</nav>
	);
}

interface EntryProps {
	readonly app: App;
	readonly fn: FunctionListed;
	readonly query: Query;
	readonly isOpen: boolean;
	readonly hasDraft: boolean;
}

function Entry({ app, fn, query, isOpen, hasDraft }: EntryProps) {
	const words = codeTexts.value;
	const { fn_id: fnId, fn_name, owner, is_protect, uses, date } = fn;
	const { new: _, ...kept } = query;
	const link = useRef<HTMLAnchorElement>(null);
	// By its address it may be far down.
	useLayoutEffect(() => {
		if (isOpen) link.current?.scrollIntoView({ block: "nearest" });
	}, [isOpen]);
	const at = Date.parse(date);
	const isOthers = owner !== null && owner.u_id !== app.session.person.value.u_id;
	const facts = [
		isOthers ? owner.u_name : "",
		words.uses(uses),
		is_protect ? words.protect : "",
		Number.isNaN(at) || owner === null ? "" : formatAgo(at, app.clock.now()),
	];
	return (
		<li>
			<a
				ref={link}
				href={hashOf({ screen: "functions", fnId, query: kept })}
				aria-current={isOpen ? "page" : undefined}
				title={fn_name}
			>
				<span class="functions-name">{fn_name}</span>
				<small>
					{hasDraft && <strong>{words.hasDraft}</strong>}
					{facts.filter(Boolean).join(" · ")}
				</small>
			</a>
		</li>
	);
}
