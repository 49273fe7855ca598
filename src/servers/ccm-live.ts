import {
	deviceViews,
	LiveDevices,
	LiveProjects,
	type LiveProjectsDeps,
	Sightings,
} from "../ccm/mod.ts";
import type { DeviceDirectory, GraphClient } from "../csm-client/mod.ts";
import type { MqttPort } from "../mqtt/mod.ts";
import type { Core } from "./module.ts";

type Given = Pick<
	LiveProjectsDeps,
	"store" | "reconciler" | "simulated" | "invitations" | "clock" | "log"
> & {
	readonly directory: DeviceDirectory;
	readonly client: GraphClient;
	readonly mqtt: MqttPort;
};

/** What people who look at projects and devices see as it changes. */
export function buildLive({ accounts }: Core, { client, mqtt, ...given }: Given) {
	const { store, directory, clock, log } = given;
	const isSure = () => !accounts.isOutdated();
	const sightings = new Sightings(
		() => directory.devices,
		() => Date.now(),
	);
	directory.onEvent((event) => sightings.take(event));
	const registered = (macAddr: string) => sightings.of(macAddr);
	const live = new LiveProjects({
		...given,
		ask: (graph, request) => client.request(graph, request),
		subscribe: (topic, handler) => mqtt.subscribe(topic, handler),
		isSure,
	});
	const liveDevices = new LiveDevices({
		views: (person) => store.read((tables) => deviceViews({ person, tables, registered })),
		...{ isSure, clock, log },
	});
	const follow = () =>
		accounts.follow(() => {
			live.check();
			liveDevices.check();
		});
	return { live, liveDevices, registered, followViewers: follow };
}
