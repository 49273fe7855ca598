import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DeviceView } from "../status/views.ts";
import { Graph } from "./graph.tsx";
import { EMPTY, type Live, next } from "./live.ts";
import { Log } from "./log.tsx";
import { Tiles } from "./tiles.tsx";

const RELOAD_MS = 2000;

function App() {
	const [live, setLive] = useState<Live>(EMPTY);
	useEffect(() => {
		const source = new EventSource("api/events");
		source.addEventListener("change", ({ data }) => {
			setLive((current) => next(current, JSON.parse(data), performance.now()));
		});
		// The browser tries again by itself; the first event of a new connection holds everything.
		source.onerror = () => {
			setLive((current) => ({ ...current, connected: false }));
			// Refused for good: whoever looks has to log in again.
			if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), RELOAD_MS);
		};
		return () => source.close();
	}, []);
	const { status, devices, graphs } = live;
	if (status === undefined) {
		return (
			<p class="empty">
				{live.connected ? "Loading …" : "The server does not answer; trying again …"}
			</p>
		);
	}
	return (
		<>
			<header>
				<h1>IoTtalk</h1>
				<span>
					<span class={`dot ${live.connected ? "live" : "lost"}`} />
					{live.connected ? "running" : "not reached; trying again"}
				</span>
				<small>
					{status.version} · since {new Date(status.since * 1000).toLocaleString()} · {status.mqtt}
					<span class="wide"> · {status.ws}</span>
				</small>
				{status.logins && (
					<form class="logout" method="post" action="logout">
						<button type="submit">Log out</button>
					</form>
				)}
			</header>
			{status.warnings.map((text) => (
				<div class="warning" key={text}>
					{text}
				</div>
			))}
			<Tiles status={status} />
			<h2>
				Graphs <small>{shownOf(graphs.size, status.graphs)}</small>
			</h2>
			{graphs.size === 0 && <p class="empty">None yet. They are drawn over the graph API.</p>}
			{[...graphs].map(([key, graph]) => (
				<Graph
					key={key}
					graph={graph}
					rates={live.rates}
					isDeviceOnline={(id) => devices.get(id)?.state === "online"}
				/>
			))}
			<h2>
				Devices{" "}
				<small>
					{status.devices.online} online of {status.devices.known}
				</small>
			</h2>
			{devices.size === 0 ? (
				<p class="empty">None yet. A device registers with PUT /&lt;uuid&gt;.</p>
			) : (
				<Devices devices={[...devices.values()]} />
			)}
			<h2>Log</h2>
			<Log lines={live.log} />
		</>
	);
}

function Devices({ devices }: { devices: readonly DeviceView[] }) {
	const sorted = devices.toSorted(
		(a, b) =>
			Number(b.state === "online") - Number(a.state === "online") || a.name.localeCompare(b.name),
	);
	return (
		<div class="scroll">
			<table>
				<thead>
					<tr>
						<th>Name</th>
						<th>Presence</th>
						<th>Inputs (IDF)</th>
						<th>Outputs (ODF)</th>
						<th class="wide">Id</th>
					</tr>
				</thead>
				<tbody>
					{sorted.map((device) => (
						<tr key={device.id}>
							<td>{device.name}</td>
							<td>
								<span class={`dot ${device.state}`} />
								{device.state}
							</td>
							<td>{featureNames(device.idf_list)}</td>
							<td>{featureNames(device.odf_list)}</td>
							<td class="wide mono">{device.id}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** SDKs send `[name, units]`, but nobody holds them to it. */
function featureNames(list: unknown): string {
	if (!Array.isArray(list)) return "";
	return list.map((feature) => String(Array.isArray(feature) ? feature[0] : feature)).join(", ");
}

function shownOf(shown: number, all: number): string {
	return shown < all ? `${shown} of ${all} are shown` : String(all);
}

const place = document.getElementById("app");
if (place !== null) render(<App />, place);
