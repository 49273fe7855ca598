import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Search } from "../../kit/fields.tsx";
import { Icon } from "../../kit/icons.tsx";
import { Spinner } from "../../kit/states.tsx";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { deviceList, hasWords } from "../devices/device-list.ts";
import type { DeviceView } from "../devices/device-view.ts";
import { MakeModel } from "../devices/make-model.tsx";
import { Presence } from "../devices/presence.tsx";
import type { ModelView } from "../models/catalog-view.ts";
import type { AddDeviceParts } from "./parts.ts";

export interface FindDeviceProps extends AddDeviceParts {
	readonly onModelMade: () => Promise<void>;
}

/** Devices that are there, the newest first, and models. */
export function FindDevice(props: FindDeviceProps) {
	const { catalog, query, show, live, app } = props;
	const { addDevice } = texts.value;
	const search = query.q ?? "";
	const arrived = useArrived(live.devices);
	const uId = app.session.person.value.u_id;
	const found = deviceList(live.devices.value ?? [], { shown: "all", search, uId })
		.filter(({ is_sim }) => !is_sim)
		.sort((a, b) => Number(arrived.has(b.mac_addr)) - Number(arrived.has(a.mac_addr)));
	const models = catalog.models.filter(({ dm_name, df_list }) =>
		hasWords([dm_name, ...df_list.map(({ df_name }) => df_name)], search),
	);
	return (
		<>
			<Search
				label={addDevice.search}
				value={search}
				onInput={(q) => show({ q }, "replace")}
				autofocus
			/>
			<section>
				<h2>{addDevice.devices}</h2>
				<Arrivals devices={live.devices.value ?? []} arrived={arrived} />
				{live.devices.value === undefined ? (
					<Spinner />
				) : found.length === 0 ? (
					<p class="devices-faint">
						{search === "" ? addDevice.noDevices : addDevice.noneFits} {addDevice.waitingHint}
					</p>
				) : (
					<ul class="add-device-list">
						{found.map((device) => (
							<li key={device.mac_addr} class="add-device-card">
								<DeviceCard {...props} device={device} isNew={arrived.has(device.mac_addr)} />
							</li>
						))}
					</ul>
				)}
			</section>
			<section>
				<h2>{addDevice.models}</h2>
				<p class="devices-faint">{addDevice.modelsHint}</p>
				{models.length === 0 ? (
					<p class="devices-faint">{addDevice.noneFits}</p>
				) : (
					<ul class="add-device-list">
						{models.map((model) => (
							<li key={model.dm_id} class="add-device-card">
								<ModelCard {...props} model={model} />
							</li>
						))}
					</ul>
				)}
			</section>
		</>
	);
}

/** UUIDs of the devices that were not there when the screen was opened. */
function useArrived(
	devices: ReadonlySignal<readonly DeviceView[] | undefined>,
): ReadonlySet<string> {
	const first = useRef<ReadonlySet<string>>(undefined);
	const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
	const { value } = devices;
	useEffect(() => {
		if (value === undefined) return;
		const all = value.map(({ mac_addr }) => mac_addr);
		first.current ??= new Set(all);
		const fresh = all.filter((mac) => first.current?.has(mac) === false && !arrived.has(mac));
		if (fresh.length > 0) setArrived(new Set([...arrived, ...fresh]));
	}, [value, arrived]);
	return arrived;
}

interface ArrivalsProps {
	readonly devices: readonly DeviceView[];
	readonly arrived: ReadonlySet<string>;
}

/** Read aloud: the device that came last. */
function Arrivals({ devices, arrived }: ArrivalsProps) {
	const last = [...arrived].at(-1);
	const device = devices.find(({ mac_addr }) => mac_addr === last);
	return (
		<p class="kit-unseen" role="status">
			{device !== undefined && texts.value.addDevice.arrived(device.d_name)}
		</p>
	);
}

interface DeviceCardProps extends FindDeviceProps {
	readonly device: DeviceView;
	readonly isNew: boolean;
}

function DeviceCard({ app, pId, device, isNew, onModelMade }: DeviceCardProps) {
	const { addDevice, devices } = texts.value;
	const { mac_addr, d_name, dm_id, dm_name, bound } = device;
	const used = [...new Set(bound.map(({ p_name }) => p_name))].join(", ");
	const href = hrefOf(pId, { device: mac_addr });
	return (
		<>
			<Icon name="device" />
			<div class="add-device-words">
				{dm_id === null ? (
					<strong title={d_name}>{d_name}</strong>
				) : (
					<a href={href} title={d_name}>
						{d_name === "" ? mac_addr : d_name}
					</a>
				)}
				{isNew && <span class="add-device-new">{addDevice.isNew}</span>}
				<span class="devices-faint">
					{dm_id === null ? unknownModel(dm_name) : dm_name}
					{used !== "" && ` · ${addDevice.usedIn(used)}`}
				</span>
			</div>
			<Presence app={app} device={device} />
			{device.may.model && (
				<MakeModel
					app={app}
					device={device}
					onMade={() => void onModelMade().then(() => app.navigation.go(placeOf(pId, mac_addr)))}
				/>
			)}
		</>
	);
	function unknownModel(name: string): string {
		return name === "" ? devices.noModel : devices.unknownModel(name);
	}
}

function placeOf(pId: number | undefined, device: string) {
	const place = { screen: "add-device", query: { device } } as const;
	return pId === undefined ? place : { ...place, pId };
}

function hrefOf(pId: number | undefined, query: Readonly<Record<string, string>>): string {
	return hashOf({ screen: "add-device", ...(pId !== undefined && { pId }), query });
}

interface ModelCardProps extends Pick<AddDeviceParts, "pId"> {
	readonly model: ModelView;
}

function ModelCard({ pId, model: { dm_id, dm_name, df_list } }: ModelCardProps) {
	const { addDevice } = texts.value;
	const inputs = df_list.filter(({ df_type }) => df_type === "input").length;
	return (
		<>
			<Icon name="model" />
			<div class="add-device-words">
				<a href={hrefOf(pId, { model: String(dm_id) })} title={dm_name}>
					{dm_name}
				</a>
				<span class="devices-faint">{addDevice.features(inputs, df_list.length - inputs)}</span>
			</div>
		</>
	);
}
