import type { ClusterView, NodeFigures, NodeView } from "../../contract/mod.ts";
import { ageOf, rangesOf } from "./node-texts.ts";
import { bytes, count, perSecond } from "./texts.ts";

/** The nodes of a cluster: which are alive, what each has, and where its own page is. */
export function Nodes({ cluster }: { cluster: ClusterView }) {
	const { name, node: own, nodes, partitions, sums, age_seconds: age, problem } = cluster;
	const { project_manager: projects } = cluster;
	const alone = partitions.without_owner + partitions.not_renewed;
	return (
		<>
			<h2 id="nodes">
				Cluster {name}{" "}
				<small>
					{nodes.length} nodes, {partitions.all - 1} partitions and the router's
					{projects !== undefined && `, the project manager on ${projects ?? "no node"}`}
				</small>
				{alone > 0 && <span class="flag">{alone} not worked for</span>}
			</h2>
			{problem !== null && (
				<p class="error">
					As of {ageOf(age)} ago: {problem}
				</p>
			)}
			<table>
				<thead>
					<tr>
						<th scope="col">Node</th>
						<th scope="col">Partitions</th>
						<th scope="col" title="online / known">
							Devices
						</th>
						<th scope="col">Graphs</th>
						<th scope="col">In</th>
						<th scope="col" class="wide">
							Out
						</th>
						<th scope="col" class="wide">
							Memory
						</th>
						<th scope="col" class="wide">
							Version
						</th>
					</tr>
				</thead>
				<tbody>
					{nodes.map((node) => (
						<Node key={node.name} node={node} isOwn={node.name === own} />
					))}
					{nodes.length > 1 && (
						<tr>
							<th scope="row">all</th>
							<td>{partitions.all - partitions.without_owner}</td>
							<Figures figures={sums} />
							<td class="wide" />
						</tr>
					)}
				</tbody>
			</table>
		</>
	);
}

function Node({ node, isOwn }: { node: NodeView; isOwn: boolean }) {
	const { name, url, process, state, partitions, figures, version } = node;
	return (
		<tr>
			<td>
				{isOwn ? (
					<b title={process}>{name}</b>
				) : (
					<a href={`${url}/live`} title={process}>
						{name}
					</a>
				)}
				{isOwn && <small> this one</small>}
				{state !== "ok" && (
					<span class="flag">
						{state === "silent" ? `silent for ${ageOf(node.seen_seconds)}` : state}
					</span>
				)}
			</td>
			<td>
				{partitions.length === 0 ? (
					"0"
				) : (
					<details>
						<summary>{partitions.length}</summary>
						{rangesOf(partitions)}
					</details>
				)}
			</td>
			<Figures figures={state === "silent" ? null : figures} />
			<td class="wide">{version}</td>
		</tr>
	);
}

function Figures({ figures }: { figures: NodeFigures | null }) {
	const told = (text: (known: NodeFigures) => string) => (figures === null ? "?" : text(figures));
	return (
		<>
			<td>{told(({ online, devices }) => `${count(online)} / ${count(devices)}`)}</td>
			<td>{told(({ graphs }) => count(graphs))}</td>
			<td>{told((one) => perSecond(one.received_per_second))}</td>
			<td class="wide">{told((one) => perSecond(one.published_per_second))}</td>
			<td class="wide">{told((one) => bytes(one.memory_bytes))}</td>
		</>
	);
}
