import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ContactBanner, ContactMark } from "./contact.tsx";
import { Devices } from "./devices.tsx";
import { Elsewhere } from "./elsewhere.tsx";
import { Graphs } from "./graphs.tsx";
import { EMPTY, type Live, next, withContact } from "./live.ts";
import { Log } from "./log.tsx";
import { Nodes } from "./nodes.tsx";
import { findDevices, findGraphs, isFresh } from "./search.ts";
import { followEvents } from "./stream.ts";
import { Tiles } from "./tiles.tsx";

function useLive(): { live: Live; heardAt: number } {
	const [live, setLive] = useState<Live>(EMPTY);
	const [heardAt, setHeardAt] = useState(0);
	useEffect(
		() =>
			followEvents("api/events", {
				onChange: (changes, now) => {
					setHeardAt(Date.now() / 1000);
					setLive((current) => next(current, changes, now));
				},
				onSilent: () => setLive((current) => withContact(current, "silent")),
				onLost: () => setLive((current) => withContact(current, "lost")),
			}),
		[],
	);
	return { live, heardAt };
}

function App() {
	const { live, heardAt } = useLive();
	const { status, contact } = live;
	useEffect(() => {
		document.title = contact === "open" ? "IoTtalk" : "IoTtalk (disconnected)";
	}, [contact]);
	if (status === undefined) {
		return (
			<>
				<h1>IoTtalk</h1>
				<p class="empty" role="status">
					{contact === "open" ? "Loading …" : "Cannot reach the server; retrying …"}
				</p>
			</>
		);
	}
	return (
		<>
			<header>
				<h1>IoTtalk</h1>
				<ContactMark contact={contact} />
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
			<ContactBanner contact={contact} heardAt={heardAt} />
			<div class={contact === "open" ? "" : "stale"}>
				{status.warnings.map((text) => (
					<div class="warning" key={text}>
						{text}
					</div>
				))}
				{status.cluster && (
					<>
						<Nodes cluster={status.cluster} />
						<h2>Node {status.cluster.node}</h2>
					</>
				)}
				<Tiles status={status} />
				<Lists live={live} status={status} nowSeconds={heardAt} />
			</div>
		</>
	);
}

interface ListsProps {
	readonly live: Live;
	readonly status: NonNullable<Live["status"]>;
	readonly nowSeconds: number;
}

function Lists({ live, status, nowSeconds }: ListsProps) {
	const [wanted, setWanted] = useState("");
	const graphs = findGraphs(live.graphs, wanted, nowSeconds);
	const devices = findDevices(live.devices, wanted);
	const failing = [...live.graphs.values()].filter(({ last_error: error }) =>
		isFresh(error, nowSeconds),
	).length;
	return (
		<>
			<nav aria-label="Sections">
				<a href="#graphs">Graphs</a>
				<a href="#devices">Devices</a>
				<a href="#log">Log</a>
				<input
					type="search"
					aria-label="Find graphs and devices"
					placeholder="Find a graph, device, feature, function …"
					value={wanted}
					onInput={({ currentTarget }) => setWanted(currentTarget.value)}
				/>
			</nav>
			{status.cluster && (
				<p class="faint">
					Below are graphs, devices and log of node {status.cluster.node} only. Those of others are
					on their pages; type a device's id or CLIENT/GRAPH to see whose it is.
				</p>
			)}
			{status.cluster && graphs.length + devices.length === 0 && <Elsewhere wanted={wanted} />}
			<h2 id="graphs">
				Graphs <small>{countOf(graphs.length, live.graphs.size, status.graphs)}</small>
				{failing > 0 && <span class="flag">{failing} failing</span>}
			</h2>
			{live.graphs.size === 0 && <p class="empty">None yet. Create one with the graph API.</p>}
			{live.graphs.size > 0 && graphs.length === 0 && <p class="empty">None found.</p>}
			<Graphs
				graphs={graphs}
				rates={live.rates}
				devices={live.devices}
				nowSeconds={nowSeconds}
				namesEngines={status.engines.length > 1}
				absent={status.cluster ? "not a device of this node" : "unregistered device"}
			/>
			<h2 id="devices">
				Devices{" "}
				<small>
					{status.devices.online} online of {status.devices.known}
					{wanted !== "" && `, ${devices.length} found`}
				</small>
			</h2>
			{live.devices.size === 0 && (
				<p class="empty">None yet. A device registers with PUT /&lt;uuid&gt;.</p>
			)}
			{live.devices.size > 0 && devices.length === 0 && <p class="empty">None found.</p>}
			{devices.length > 0 && <Devices devices={devices} />}
			<h2 id="log">Log</h2>
			<Log lines={live.log} />
		</>
	);
}

/** @param sent Graphs the server sends to the page: some hundred at most. */
function countOf(found: number, sent: number, all: number): string {
	if (found < sent) return `${found} of ${all} found`;
	return sent < all ? `${sent} of ${all} shown` : String(all);
}

const place = document.getElementById("app");
if (place !== null) render(<App />, place);
