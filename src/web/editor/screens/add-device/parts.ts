import type { App } from "../../app-context.ts";
import type { Query } from "../../routes.ts";
import type { LiveDevices } from "../devices/live-devices.ts";
import type { CatalogView } from "../models/catalog-view.ts";

export interface AddDeviceProps {
	readonly app: App;
	/** The project it is added to; without one, the reader chooses. */
	readonly pId?: number | undefined;
}

/** What the parts of this screen share. */
export interface AddDeviceParts extends AddDeviceProps {
	readonly catalog: CatalogView;
	readonly query: Query;
	/** Shows another state of this screen; without a value, that is no longer in the address. */
	readonly show: (changed: Readonly<Record<string, string | undefined>>, how?: "replace") => void;
	readonly live: LiveDevices;
}
