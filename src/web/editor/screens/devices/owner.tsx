import type { CcmDevice } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { texts } from "../../texts/texts.ts";
import { changeOwner } from "./device-actions.ts";
import { MakeModel } from "./make-model.tsx";

export interface DeviceProps {
	readonly app: App;
	readonly device: CcmDevice;
	/** Takes the device as it is after a request. */
	readonly put: (device: CcmDevice) => void;
}

/** Whose a device is, with what the reader may do about that. */
export function Owner({ app, device, put }: DeviceProps) {
	const { devices } = texts.value;
	const { u_id, u_name, may, d_name } = device;
	const change = async (what: "claim" | "release") => {
		const changed = await changeOwner(app, device, what);
		if (changed !== undefined) put(changed);
	};
	const isOwn = u_id === app.session.person.value.u_id;
	const name = isOwn ? devices.you : (u_name ?? devices.noOwner);
	return (
		<span class="devices-owner">
			<span class={u_id === null ? "devices-faint" : undefined}>{name}</span>
			{may.claim && !isOwn && (
				<Button
					kind="quiet"
					aria-label={devices.claimThis(d_name)}
					onClick={() => void change("claim")}
				>
					{devices.claim}
				</Button>
			)}
			{may.release && u_id !== null && (
				<Button
					kind="quiet"
					aria-label={devices.releaseThis(d_name)}
					onClick={() => void change("release")}
				>
					{devices.release}
				</Button>
			)}
		</span>
	);
}

/** The model of a device; of one that does not exist, how to make it. */
export function ModelOf({ app, device }: Pick<DeviceProps, "app" | "device">) {
	const { devices } = texts.value;
	const { dm_id, dm_name, may } = device;
	if (dm_id !== null) return <a href={`#/m/${dm_id}`}>{dm_name}</a>;
	return (
		<span class="devices-owner">
			<span class="devices-faint">
				{dm_name === "" ? devices.noModel : devices.unknownModel(dm_name)}
			</span>
			{may.model && <MakeModel app={app} device={device} />}
		</span>
	);
}

/** The projects a device is bound in. */
export function BoundIn({ device: { bound, bound_elsewhere } }: Pick<DeviceProps, "device">) {
	const { devices } = texts.value;
	if (bound.length + bound_elsewhere === 0) {
		return <span class="devices-faint">{devices.unbound}</span>;
	}
	return (
		<span class="devices-places">
			{bound.map(({ p_id, p_name, do_id }) => (
				<a key={do_id} href={`#/p/${p_id}/block/${do_id}`}>
					{p_name}
				</a>
			))}
			{bound_elsewhere > 0 && <span class="devices-faint">{devices.others(bound_elsewhere)}</span>}
		</span>
	);
}
