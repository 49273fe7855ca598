import { useState } from "preact/hooks";
import type { CcmDevice } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { texts } from "../../texts/texts.ts";

interface MadeModel {
	readonly dm_id: number;
	/** Features whose names the catalog has for the other direction. */
	readonly left_out: readonly string[];
}

export interface MakeModelProps {
	readonly app: App;
	readonly device: CcmDevice;
	/** How the button looks. */
	readonly kind?: "plain" | "quiet";
	readonly onMade?: (dmId: number) => void;
}

/** Makes the model a device says it is, which the server does not have. */
export function MakeModel({ app, device, kind = "quiet", onMade }: MakeModelProps) {
	const [isOpen, setIsOpen] = useState(false);
	const { addDevice, devices } = texts.value;
	const { dm_name, mac_addr, features, d_name } = device;
	const make = async () => {
		const path = `api/v1/devices/${mac_addr}/model`;
		const answer = await app.ask<MadeModel>("POST", path, {});
		if (!answer.ok) return answer.reason;
		const { dm_id, left_out } = answer.body;
		const words =
			left_out.length === 0
				? addDevice.modelMade(dm_name)
				: addDevice.modelMadeWithout(dm_name, left_out.join(", "));
		app.notices.say(words, "good", {
			text: devices.openModel,
			run: () => app.navigation.go({ screen: "models", tab: "models", id: dm_id }),
		});
		onMade?.(dm_id);
		return undefined;
	};
	return (
		<>
			<Button kind={kind} aria-label={devices.makeModelOf(d_name)} onClick={() => setIsOpen(true)}>
				{addDevice.makeModel}
			</Button>
			{isOpen && (
				<ConfirmDialog
					title={addDevice.makeModelOf(dm_name)}
					confirm={addDevice.makeModel}
					onConfirm={make}
					onClose={() => setIsOpen(false)}
				>
					<p>{addDevice.makeModelHint}</p>
					<ul>
						{features.map(({ df_name, df_type, param_no }) => (
							<li key={`${df_type} ${df_name}`}>
								{df_name}{" "}
								<span class="devices-faint">
									{devices[df_type]} · {devices.values(param_no)}
								</span>
							</li>
						))}
					</ul>
				</ConfirmDialog>
			)}
		</>
	);
}
