import { useState } from "preact/hooks";
import type { FunctionView, GraphView, LinkView } from "../status/views.ts";
import { rateKey } from "./live.ts";
import { perSecond, time } from "./texts.ts";

interface GraphProps {
	readonly graph: GraphView;
	readonly rates: ReadonlyMap<string, number>;
	readonly isDeviceOnline: (id: string) => boolean;
}

/** A graph as its data flows: IDF → functions → join → functions → ODF. */
export function Graph({ graph, rates, isDeviceOnline }: GraphProps) {
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
					isOnline={isDeviceOnline(link.da_id)}
					onFunction={toggle}
				/>
			))}
		</div>
	);
	return (
		<section class="graph">
			<p>
				<b>{graph.graph}</b> <small class="empty">of {graph.client}</small>
			</p>
			<div class="flow">
				{column("idf", graph.idfs)}
				<div class="arrow">→</div>
				<div class="box join">
					<FunctionName use={graph.join} none="no join function" onOpen={toggle} />
				</div>
				<div class="arrow">→</div>
				{column("odf", graph.odfs)}
			</div>
			{opened !== null && <Source digest={opened} />}
			{graph.last_error !== null && <Failure graph={graph} />}
		</section>
	);
}

interface LinkProps {
	readonly mode: "idf" | "odf";
	readonly link: LinkView;
	readonly rate: number;
	readonly isOnline: boolean;
	readonly onFunction: (digest: string) => void;
}

function Link({ mode, link, rate, isOnline, onFunction }: LinkProps) {
	return (
		<div class={`box ${mode}`}>
			<span class={`dot ${isOnline ? "online" : ""}`} />
			{link.device === null ? (
				<span class="missing" title={link.da_id}>
					device not registered
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

function FunctionName({ use: { func }, none, onOpen }: FunctionNameProps) {
	if (func === null) return <span class="empty">{none}</span>;
	return (
		<button type="button" class="fn mono" title={`function ${func}`} onClick={() => onOpen(func)}>
			ƒ {func.slice(0, 8)}
		</button>
	);
}

function Source({ digest }: { digest: string }) {
	const [code, setCode] = useState<string>();
	if (code === undefined) {
		void fetch(`api/functions/${digest}`)
			.then((response) => (response.ok ? response.text() : "its source is gone"))
			.then(setCode, () => setCode("the server does not answer"));
	}
	return <pre>{`# ${digest}\n${code ?? "…"}`}</pre>;
}

function Failure({ graph: { dropped, last_error: error } }: { graph: GraphView }) {
	if (error === null) return null;
	const where = [
		error.stage === null ? "" : `${error.stage} function`,
		error.digest === null ? "" : error.digest.slice(0, 8),
		error.line === null ? "" : `line ${error.line}`,
	];
	return (
		<div class="error">
			{dropped} dropped; the last at {time(error.at)}
			{where.some((part) => part !== "") && ` in ${where.filter((part) => part !== "").join(", ")}`}
			{": "}
			{error.reason.split("\n").at(-1)}
			{error.source !== null && <pre>{`${error.line}: ${error.source}`}</pre>}
		</div>
	);
}
