import type { NewWebDevice, WebDevices } from "../../../src/ccm/invitations/web-devices.ts";
import type { DeviceEvent } from "../../../src/csm-client/mod.ts";

/** Devices that speak HTTP, as CSM would have them. */
export class RegisteredDevices implements WebDevices {
	readonly all = new Map<string, NewWebDevice & { readonly password: string }>();
	/** Ids that were removed, in order. */
	readonly removed: string[] = [];
	/** What happens before a device is registered or removed; what it throws fails that. */
	before: (what: "register" | "remove", id: string) => Promise<void> = async () => {};
	/** What CSM tells of them goes here. */
	tell: (event: DeviceEvent) => void = () => {};

	async register(device: NewWebDevice) {
		const { da_id } = device;
		await this.before("register", da_id);
		const password = `password-of-${da_id}`;
		this.all.set(da_id, { ...device, password });
		return { rev: "1", password };
	}

	async remove(daId: string): Promise<void> {
		await this.before("remove", daId);
		this.removed.push(daId);
		this.expire(daId);
	}

	isPassword(daId: string, password: string): boolean {
		return this.all.get(daId)?.password === password;
	}

	isRegistered(daId: string): boolean {
		return this.all.has(daId);
	}

	/** It is gone without having been removed. */
	expire(daId: string): void {
		if (this.all.delete(daId)) this.tell({ type: "gone", id: daId, expired: true });
	}
}
