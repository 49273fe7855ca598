import { useState } from "preact/hooks";
import type { GraphView } from "../../contract/mod.ts";
import { Graph } from "./graph.tsx";
import type { Live } from "./live.ts";
import { More, useMore } from "./more.tsx";

/** So many are shown open; more would fill the screen, and begin as one line each. */
const FEW = 5;

interface GraphsProps extends Pick<Live, "rates" | "devices"> {
	readonly graphs: readonly GraphView[];
	readonly nowSeconds: number;
	/** There are several engines. */
	readonly namesEngines: boolean;
	/** What a device is called that this server does not have. */
	readonly absent: string;
}

/** The graphs, failing ones first, each to be opened and closed. */
export function Graphs({ graphs, rates, devices, nowSeconds, namesEngines, absent }: GraphsProps) {
	const [touched, setTouched] = useState<ReadonlyMap<string, boolean>>(new Map());
	const [all, setAll] = useState<boolean>();
	const more = useMore(graphs.length);
	const byDefault = all ?? graphs.length <= FEW;
	const setEach = (open: boolean) => {
		setTouched(new Map());
		setAll(open);
	};
	return (
		<>
			{graphs.length > 1 && (
				<p class="tools">
					<button type="button" onClick={() => setEach(true)}>
						Open all
					</button>
					<button type="button" onClick={() => setEach(false)}>
						Close all
					</button>
				</p>
			)}
			{graphs.slice(0, more.shown).map((graph) => {
				const key = `${graph.client}/${graph.graph}`;
				const isOpen = touched.get(key) ?? byDefault;
				return (
					<Graph
						key={key}
						graph={graph}
						rates={rates}
						stateOf={(id) => devices.get(id)?.state ?? "nothing"}
						nowSeconds={nowSeconds}
						namesEngine={namesEngines}
						absent={absent}
						isOpen={isOpen}
						onToggle={() => setTouched(new Map(touched).set(key, !isOpen))}
					/>
				);
			})}
			<More {...more} what="graphs" />
		</>
	);
}
