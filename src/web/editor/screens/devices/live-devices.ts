import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { CcmDevice, CcmDeviceEvents } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { browserDeps } from "../../project/browser-deps.ts";
import { Connection } from "../../project/connection.ts";
import type { Contact } from "../../project/open-project.ts";
import { withNews } from "./device-list.ts";

/** The devices the reader may see, as they come and go. */
export interface LiveDevices {
	/** Undefined: not told yet. */
	readonly devices: ReadonlySignal<readonly CcmDevice[] | undefined>;
	readonly contact: ReadonlySignal<Contact>;
	/** What the answer to a request says of a device, before the stream tells the same. */
	put(device: CcmDevice): void;
}

/** Follows the devices as long as it is drawn. */
export function useLiveDevices(app: App): LiveDevices {
	const [live, start] = useMemo(() => liveDevices(app), [app]);
	useEffect(start, [start]);
	return live;
}

function liveDevices(app: App): readonly [LiveDevices, () => () => void] {
	const devices = signal<readonly CcmDevice[] | undefined>(undefined);
	const contact = signal<Contact>({ state: "loading" });
	const take = (news: CcmDeviceEvents["devices"]) => {
		devices.value = withNews(devices.value ?? [], news);
	};
	const start = () => {
		const connection = new Connection(
			"api/v1/devices",
			browserDeps(app.ask, () => app.session.person.value.u_id),
			{
				first: "devices",
				onEvent: ({ data }) => take(JSON.parse(data)),
				onContact: (now) => {
					contact.value = now;
				},
				onOpened: () => {},
			},
		);
		connection.start();
		return () => connection.close();
	};
	const put = (device: CcmDevice) => take({ whole: false, devices: [device], gone: [] });
	return [{ devices, contact, put }, start];
}
