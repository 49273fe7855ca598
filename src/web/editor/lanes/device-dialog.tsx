import { useEffect, useState } from "preact/hooks";
import type { Block } from "../../../contract/mod.ts";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { EmptyState, Spinner } from "../kit/states.tsx";
import { texts } from "../texts/texts.ts";
import { Dot } from "./block-device.tsx";
import { type Candidate, candidatesFor } from "./candidates.ts";
import type { LanesState } from "./lanes-state.ts";

/** Devices that register meanwhile appear by themselves. */
const REFRESH_MS = 2000;

interface DeviceDialogProps {
	readonly lanes: LanesState;
	readonly block: Block;
}

/** Chooses the device of a block. */
export function DeviceDialog({ lanes, block }: DeviceDialogProps) {
	const { lanes: t } = texts.value;
	const { do_id: doId, dm_name: model } = block;
	const { app, project } = lanes;
	const candidates = useCandidates(lanes, doId);
	const bound = block.bindings[0]?.mac_addr;
	const presence = bound === undefined ? undefined : project.presenceOf(bound).value;
	const close = () => {
		lanes.choosing.value = undefined;
	};
	const bind = (device: Candidate) => {
		close();
		const changes = [{ kind: "bind" as const, do_id: doId, mac_addr: device.mac_addr }];
		void lanes.change(changes, t.bound(device.d_name || t.noName));
	};
	const unbind = () => {
		close();
		void lanes.unbind(block);
	};
	const others = candidates?.filter(({ mac_addr }) => mac_addr !== bound);
	return (
		<Dialog title={t.candidates(model)} onClose={close}>
			{bound !== undefined && (
				<section class="lanes-bound">
					<h3>{t.current}</h3>
					<p>
						<Dot status={presence?.status} />
						<span class="lanes-device-name">{presence?.d_name || t.noName}</span>
						<small>{presence && t.presence[presence.status]}</small>
						<Button icon="unlink" onClick={unbind}>
							{t.unbind}
						</Button>
					</p>
				</section>
			)}
			{others === undefined && <Spinner />}
			{others?.length === 0 && (
				<EmptyState
					icon="device"
					title={t.noCandidates(model)}
					hint={t.noCandidatesHint}
					action={
						<Button
							icon="add"
							onClick={() => {
								close();
								app.navigation.go({ screen: "add-device", pId: project.pId });
							}}
						>
							{t.addDevice}
						</Button>
					}
				/>
			)}
			{others !== undefined && others.length > 0 && (
				<section>
					<h3>{t.available}</h3>
					<ul class="lanes-candidates">
						{others.map((device) => (
							<li key={device.mac_addr}>
								<button type="button" onClick={() => bind(device)} title={device.mac_addr}>
									<Dot status={device.status} />
									<span class="lanes-device-name">{device.d_name || t.noName}</span>
									<small>{t.presence[device.status]}</small>
								</button>
							</li>
						))}
					</ul>
				</section>
			)}
		</Dialog>
	);
}

/** Asks again and again while it is shown; undefined: not known yet. */
function useCandidates({ app, project }: LanesState, doId: number) {
	const [candidates, setCandidates] = useState<readonly Candidate[]>();
	useEffect(() => {
		let isShown = true;
		let cancel = () => {};
		const load = async () => {
			const found = await candidatesFor(app.ask, { pId: project.pId, doId });
			if (!isShown) return;
			if (found !== undefined) setCandidates(found);
			cancel = app.clock.after(REFRESH_MS, () => void load());
		};
		void load();
		return () => {
			isShown = false;
			cancel();
		};
	}, [app, project, doId]);
	return candidates;
}
