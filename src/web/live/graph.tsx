import { useEffect, useState } from "preact/hooks";
import type { FunctionView, GraphView, LinkView } from "../../contract/mod.ts";
import { rateKey } from "./live.ts";
import { Presence } from "./presence.tsx";
import { isFresh } from "./search.ts";
import { perSecond, time } from "./texts.ts";

interface GraphProps {
	readonly graph: GraphView;
	readonly rates: ReadonlyMap<string, number>;
	/** Presence of a device. */
	readonly stateOf: (id: string) => string;
	readonly nowSeconds: number;
	/** There are several engines: which one it lives in says something. */
	readonly namesEngine: boolean;
	/** What a device is called that this server does not have. */
	readonly absent: string;
	readonly isOpen: boolean;
	readonly onToggle: () => void;
}

/** A graph in one line, and when it is open as its data flows: IDF → functions → join → functions → ODF. */
export function Graph({ graph, rates, stateOf, nowSeconds, namesEngine, ...head }: GraphProps) {
	const { isOpen, onToggle, absent } = head;
	const isFailing = isFresh(graph.last_error, nowSeconds);
	const rateOf = (links: readonly LinkView[]) =>
		perSecond(links.reduce((sum, { topic }) => sum + (rates.get(rateKey(graph, topic)) ?? 0), 0));
	return (
		<section class={`graph ${isFailing ? "failing" : ""}`}>
			<h3>
				<button type="button" class="head" aria-expanded={isOpen} onClick={onToggle}>
					<span class="turn" aria-hidden="true">
						{isOpen ? "▾" : "▸"}
					</span>
					<b>{graph.graph}</b> <small class="faint">of {graph.client}</small>
					{namesEngine && graph.engine !== null && (
						<small class="faint">in engine {graph.engine}</small>
					)}
					{isFailing && <span class="flag">failing</span>}
					<span class="sum">
						{graph.idfs.length} in {rateOf(graph.idfs)} → {graph.odfs.length} out{" "}
						{rateOf(graph.odfs)}
					</span>
				</button>
			</h3>
			{isOpen && <Flow graph={graph} rates={rates} stateOf={stateOf} absent={absent} />}
			{graph.last_error !== null && (
				<Failure graph={graph} isFailing={isFailing} isShort={!isOpen} />
			)}
		</section>
	);
}

type FlowProps = Pick<GraphProps, "graph" | "rates" | "stateOf" | "absent">;

function Flow({ graph, rates, stateOf, absent }: FlowProps) {
	const [opened, setOpened] = useState<string | null>(null);
	const toggle = (digest: string) => setOpened(opened === digest ? null : digest);
	const column = (mode: "idf" | "odf", links: readonly LinkView[]) => (
		<div class="column">
			{links.length === 0 && <span class="empty">no {mode.toUpperCase()}</span>}
			{links.map((link) => (
				<Link
					key={link.topic}
					mode={mode}
					link={link}
					rate={rates.get(rateKey(graph, link.topic)) ?? 0}
					state={stateOf(link.da_id)}
					absent={absent}
					onFunction={toggle}
				/>
			))}
		</div>
	);
	return (
		<>
			<div class="flow">
				{column("idf", graph.idfs)}
				<div class="arrow" aria-hidden="true">
					→
				</div>
				<div class="box join">
					<FunctionName use={graph.join} none="no join function" onOpen={toggle} />
				</div>
				<div class="arrow" aria-hidden="true">
					→
				</div>
				{column("odf", graph.odfs)}
			</div>
			{opened !== null && <Source digest={opened} />}
		</>
	);
}

interface LinkProps {
	readonly mode: "idf" | "odf";
	readonly link: LinkView;
	readonly rate: number;
	readonly state: string;
	readonly absent: string;
	readonly onFunction: (digest: string) => void;
}

function Link({ mode, link, rate, state, absent, onFunction }: LinkProps) {
	return (
		<div class={`box ${mode}`}>
			{link.device !== null && <Presence state={state} />}
			{link.device === null ? (
				<span class="missing" title={link.da_id}>
					{absent}
				</span>
			) : (
				<b title={link.da_id}>{link.device}</b>
			)}{" "}
			· {link.feature} <FunctionName use={link} none="" onOpen={onFunction} />
			<div class="figures">
				<code>{link.last ?? "–"}</code>
				<span>{perSecond(rate)}</span>
			</div>
		</div>
	);
}

interface FunctionNameProps {
	readonly use: FunctionView;
	readonly none: string;
	readonly onOpen: (digest: string) => void;
}

function FunctionName({ use: { func, title }, none, onOpen }: FunctionNameProps) {
	if (func === null) return <span class="empty">{none}</span>;
	return (
		<button type="button" class="fn mono" title={`function ${func}`} onClick={() => onOpen(func)}>
			ƒ {title ?? func.slice(0, 8)}
		</button>
	);
}

function Source({ digest }: { digest: string }) {
	const [code, setCode] = useState<string>();
	useEffect(() => {
		setCode(undefined);
		void fetch(`api/functions/${digest}`)
			.then((response) => (response.ok ? response.text() : "its source was not found"))
			.then(setCode, () => setCode("cannot reach the server"));
	}, [digest]);
	return <pre>{`# ${digest}\n${code ?? "…"}`}</pre>;
}

interface FailureProps {
	readonly graph: GraphView;
	/** The error is current. */
	readonly isFailing: boolean;
	/** One line, for a graph that is closed. */
	readonly isShort: boolean;
}

function Failure({ graph: { dropped, last_error: error }, isFailing, isShort }: FailureProps) {
	if (error === null) return null;
	const where = [
		error.stage === null ? "" : `${error.stage} function`,
		error.line === null ? "" : `line ${error.line}`,
	].filter((part) => part !== "");
	const place = where.length === 0 ? "" : ` in ${where.join(", ")}`;
	return (
		<div class={isFailing ? "error" : "faint past"}>
			{dropped} dropped; last error at {time(error.at)}
			{place}: {error.reason.split("\n").at(-1)}
			{!isShort && error.source !== null && (
				<pre class="line">{`${error.line}: ${error.source}`}</pre>
			)}
		</div>
	);
}
