import { useCallback, useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { browserStorage, Drafts } from "../../code/drafts.ts";
import { type FunctionListed, functionsOf } from "../../code/functions-server.ts";
import { codeTexts } from "../../code/words.ts";
import { LinkButton } from "../../kit/button.tsx";
import { lazy } from "../../kit/lazy.tsx";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { hashOf } from "../../routes.ts";
import type { Answer } from "../../server/ask.ts";
import { FunctionList } from "./function-list.tsx";
import "./functions.css";

const FunctionEditor = lazy(() => import("../../code/function-editor.tsx"));

export interface FunctionsProps {
	readonly app: App;
	/** The one that is open. */
	readonly fnId?: number | undefined;
}

type Listed = Answer<{ readonly functions: readonly FunctionListed[] }>;

/** All functions, and one of them or a new one beside the list. */
export default function Functions({ app, fnId }: FunctionsProps) {
	const words = codeTexts.value;
	const [listed, setListed] = useState<Listed>();
	const load = useCallback(() => {
		void functionsOf(app.ask).list().then(setListed);
	}, [app]);
	useEffect(load, [load]);
	const functions = listed?.ok === true ? listed.body.functions : [];
	useTitle(functions.find((fn) => fn.fn_id === fnId)?.fn_name ?? words.functions);
	if (listed === undefined) return <Spinner />;
	if (!listed.ok) return <Failed reason={listed.reason} onRetry={load} />;
	return <Loaded {...{ app, fnId, functions, load }} />;
}

interface LoadedProps extends FunctionsProps {
	readonly functions: readonly FunctionListed[];
	readonly load: () => void;
}

function Loaded({ app, fnId, functions, load }: LoadedProps) {
	const words = codeTexts.value;
	const place = app.navigation.place.value;
	const query = place.screen === "functions" ? (place.query ?? {}) : {};
	const isOpen = fnId !== undefined || query.new !== undefined;
	const { q } = query;
	const kept = q === undefined ? {} : { q };
	const drafts = new Drafts(browserStorage(), app.session.person.value.u_id);
	const close = () => app.navigation.go({ screen: "functions", query: kept });
	return (
		<div class={isOpen ? "functions functions-open" : "functions"}>
			<h1 class={isOpen ? "functions-title" : undefined}>{words.functions}</h1>
			<FunctionList
				{...{ app, functions, fnId, query }}
				hasDraft={(id) => drafts.of(String(id)) !== undefined}
			/>
			<div class="functions-editor">
				{isOpen ? (
					<>
						<p class="functions-back">
							<LinkButton
								kind="quiet"
								icon="back"
								href={hashOf({ screen: "functions", query: kept })}
							>
								{words.back}
							</LinkButton>
						</p>
						<FunctionEditor
							app={app}
							fnId={fnId}
							stage="idf"
							parameterNames={[]}
							onSaved={(saved) => {
								load();
								app.navigation.go(
									{ screen: "functions", fnId: saved.fnId, query: kept },
									saved.fnId === fnId || fnId === undefined ? "replace" : "push",
								);
							}}
							onClose={close}
							onRemoved={() => {
								load();
								close();
							}}
						/>
					</>
				) : (
					<EmptyState icon="function" title={words.choose} />
				)}
			</div>
		</div>
	);
}
