import { useEffect, useState } from "preact/hooks";
import type { CcmDevice } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { Button, LinkButton } from "../../kit/button.tsx";
import { Select } from "../../kit/fields.tsx";
import { Search } from "../../kit/search.tsx";
import { EmptyState, Spinner } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { Device } from "./device.tsx";
import { deviceList, SHOWN, shownOf } from "./device-list.ts";
import { type LiveDevices, useLiveDevices } from "./live-devices.ts";
import { BoundIn, ModelOf, Owner } from "./owner.tsx";
import { Presence } from "./presence.tsx";
import "./devices.css";

export interface DevicesProps {
	readonly app: App;
	/** The one that is shown by itself. */
	readonly macAddr?: string | undefined;
}

/** "5 minutes ago" is renewed that often. */
const AGO_MS = 30_000;

/** All devices the reader may see, or one of them. */
export default function Devices({ app, macAddr }: DevicesProps) {
	const live = useLiveDevices(app);
	useTick(app);
	const { contact, devices } = live;
	const { state } = contact.value;
	const isStale = state === "lost" || state === "ended";
	return (
		<div class={isStale ? "devices devices-stale" : "devices"}>
			{isStale && (
				<p class="devices-contact" role="status">
					{texts.value.devices.stale}
				</p>
			)}
			{devices.value === undefined ? (
				<Spinner />
			) : macAddr === undefined ? (
				<DeviceTable app={app} live={live} all={devices.value} />
			) : (
				<Device app={app} live={live} all={devices.value} macAddr={macAddr} />
			)}
		</div>
	);
}

function useTick({ clock }: Pick<App, "clock">): void {
	const [tick, setTick] = useState(0);
	useEffect(() => clock.after(AGO_MS, () => setTick(tick + 1)), [clock, tick]);
}

interface DeviceTableProps extends Pick<DevicesProps, "app"> {
	readonly live: LiveDevices;
	readonly all: readonly CcmDevice[];
}

function DeviceTable({ app, live, all }: DeviceTableProps) {
	const { devices } = texts.value;
	useTitle(devices.title);
	const { place } = app.navigation;
	const query = place.value.screen === "devices" ? (place.value.query ?? {}) : {};
	const shown = shownOf(query.show);
	const search = query.q ?? "";
	const uId = app.session.person.value.u_id;
	const narrow = (changed: Readonly<Record<string, string>>) => {
		const next = Object.entries({ ...query, ...changed }).filter(
			([key, value]) => value !== "" && !(key === "show" && value === "all"),
		);
		app.navigation.go({ screen: "devices", query: Object.fromEntries(next) }, "replace");
	};
	const online = all.filter(({ status }) => status === "online").length;
	const rows = deviceList(all, { shown, search, uId });
	return (
		<>
			<header class="devices-head">
				<h1>{devices.title}</h1>
				<p aria-live="polite">{devices.count(online, all.length)}</p>
				<LinkButton kind="main" icon="add" href="#/add">
					{devices.connect}
				</LinkButton>
			</header>
			{all.length === 0 ? (
				<EmptyState
					icon="device"
					title={devices.none}
					hint={devices.noneHint}
					action={<LinkButton href="#/add">{devices.connect}</LinkButton>}
				/>
			) : (
				<>
					<div class="devices-narrow">
						<Search label={devices.search} value={search} onInput={(q) => narrow({ q })} />
						<Select
							label={devices.show}
							value={shown}
							options={SHOWN.map((value) => ({ value, text: devices.shown[value] }))}
							onChange={(show) => narrow({ show })}
						/>
					</div>
					{rows.length === 0 ? (
						<EmptyState
							title={devices.noneFits}
							action={
								<Button onClick={() => narrow({ q: "", show: "all" })}>{devices.showAll}</Button>
							}
						/>
					) : (
						<Table
							label={devices.title}
							columns={columns(app, live)}
							rows={rows}
							keyOf={({ mac_addr }) => mac_addr}
						/>
					)}
				</>
			)}
		</>
	);
}

function columns(app: App, { put }: LiveDevices): readonly Column<CcmDevice>[] {
	const { devices } = texts.value;
	return [
		{
			title: devices.name,
			cell: ({ mac_addr, d_name, is_http }) => (
				<>
					<a class="devices-name" href={`#/d/${mac_addr}`} title={d_name}>
						{d_name === "" ? mac_addr : d_name}
					</a>
					{is_http && (
						<span class="devices-faint" title={devices.overHttp}>
							{" HTTP"}
						</span>
					)}
				</>
			),
		},
		{ title: devices.seen, cell: (device) => <Presence app={app} device={device} /> },
		{ title: devices.model, cell: (device) => <ModelOf app={app} device={device} /> },
		{ title: devices.owner, cell: (device) => <Owner {...{ app, device, put }} /> },
		{ title: devices.boundIn, cell: (device) => <BoundIn device={device} /> },
	];
}
