import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { CcmDevice } from "../../../../contract/mod.ts";
import { Button } from "../../kit/button.tsx";
import { Icon } from "../../kit/icons.tsx";
import { Spinner } from "../../kit/states.tsx";
import { texts } from "../../texts/texts.ts";
import { deviceList, isShown } from "../devices/device-list.ts";
import { MakeModel } from "../devices/make-model.tsx";
import { Presence } from "../devices/presence.tsx";
import { hrefOf } from "./href.ts";
import type { AddDeviceParts } from "./parts.ts";

export interface FindDeviceProps extends AddDeviceParts {
	readonly onModelMade: () => Promise<void>;
}

/** The phones of a class would push everything else away. */
const FIRST = 9;

/** Devices that are there: the newest first, then those that are bound nowhere. */
export function FindDevice(props: FindDeviceProps) {
	const { query, live, app } = props;
	const { addDevice } = texts.value;
	const search = query.q ?? "";
	const arrived = useArrived(live.devices);
	const uId = app.session.person.value.u_id;
	const [isWhole, setWhole] = useState(false);
	const rank = (device: CcmDevice) =>
		arrived.has(device.mac_addr) ? 2 : Number(isShown(device, "unbound", uId));
	const found = deviceList(live.devices.value ?? [], { shown: "all", search, uId }).sort(
		(a, b) => rank(b) - rank(a),
	);
	const shown = isWhole || search !== "" ? found : found.slice(0, FIRST);
	return (
		<section class="add-device-registered">
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
					{shown.map((device) => (
						<li key={device.mac_addr}>
							<DeviceCard {...props} device={device} isNew={arrived.has(device.mac_addr)} />
						</li>
					))}
				</ul>
			)}
			{shown.length < found.length && (
				<p class="add-device-more">
					<Button onClick={() => setWhole(true)}>{addDevice.allDevices(found.length)}</Button>
				</p>
			)}
		</section>
	);
}

/** UUIDs of the devices that were not there when the screen was opened. */
function useArrived(
	devices: ReadonlySignal<readonly CcmDevice[] | undefined>,
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
	readonly devices: readonly CcmDevice[];
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
	readonly device: CcmDevice;
	readonly isNew: boolean;
}

function DeviceCard({ app, pId, device, isNew, onModelMade }: DeviceCardProps) {
	const { addDevice, devices } = texts.value;
	const { mac_addr, d_name, dm_id, dm_name, bound } = device;
	const used = [...new Set(bound.map(({ p_name }) => p_name))].join(", ");
	const unknown = dm_name === "" ? devices.noModel : devices.unknownModel(dm_name);
	const words = (
		<>
			<Icon name="device" />
			<span class="add-device-words">
				<strong>{d_name === "" ? mac_addr : d_name}</strong>
				{isNew && <span class="add-device-new">{addDevice.isNew}</span>}
				<span class="devices-faint">
					{dm_id === null ? unknown : dm_name}
					{used !== "" && ` · ${addDevice.usedIn(used)}`}
				</span>
				<Presence app={app} device={device} />
			</span>
		</>
	);
	if (dm_id !== null) {
		return (
			<a class="add-device-card" href={hrefOf(pId, { device: mac_addr })} title={d_name}>
				{words}
			</a>
		);
	}
	return (
		<div class="add-device-card" title={d_name}>
			{words}
			{device.may.model && (
				<MakeModel
					kind="plain"
					app={app}
					device={device}
					onMade={() => void onModelMade().then(() => app.navigation.go(placeOf(pId, mac_addr)))}
				/>
			)}
		</div>
	);
}

function placeOf(pId: number | undefined, device: string) {
	const place = { screen: "add-device", query: { device } } as const;
	return pId === undefined ? place : { ...place, pId };
}
