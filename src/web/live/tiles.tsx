import type { StatusView } from "../../contract/mod.ts";
import { bytes, count, perSecond } from "./texts.ts";

/** The server in figures. */
export function Tiles({ status }: { status: StatusView }) {
	const { devices, graphs, functions, messages, broker, engines } = status;
	const dropped = Object.values(messages.dropped).reduce((sum, n) => sum + n, 0);
	const tiles: readonly (readonly [string, string])[] = [
		[`${devices.online} / ${devices.known}`, "devices online / known"],
		[count(graphs), "graphs"],
		[count(functions), "functions"],
		[perSecond(messages.received_per_second), "messages in"],
		[perSecond(messages.published_per_second), "messages out"],
		[count(messages.waiting), "messages waiting"],
		[count(dropped), "messages dropped"],
		[broker.clients === null ? "external" : count(broker.clients), "MQTT clients"],
		...engines.map(({ number, state, restarts, graphs: own }): readonly [string, string] => [
			restarts > 0 ? `${state}, ${restarts} restarts` : state,
			engines.length === 1
				? "function engine"
				: `engine ${number}, ${own === 1 ? "1 graph" : `${count(own)} graphs`}`,
		]),
		[bytes(status.memory_bytes), "server memory"],
	];
	return (
		<div class="tiles">
			{tiles.map(([value, name]) => (
				<div class="tile" key={name}>
					<b>{value}</b>
					<span>{name}</span>
				</div>
			))}
		</div>
	);
}
