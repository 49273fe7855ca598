import { useEffect } from "preact/hooks";
import type { Block } from "../../../contract/mod.ts";
import { Button, IconButton, LinkButton } from "../kit/button.tsx";
import { lazy } from "../kit/lazy.tsx";
import { EmptyState, Failed } from "../kit/states.tsx";
import { hashOf } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { pageAddress } from "./page-address.ts";
import { applyAndSay, type PanelContext } from "./panel-context.ts";
import { useAnswer } from "./use-answer.ts";
import "./block-devices.css";

const CrowdSize = lazy(() => import("../crowd/crowd-size.tsx"), {
	...{ texts: ["crowd"], meanwhile: () => null },
});

/** A device, as the list of candidates has it. */
interface Candidate {
	readonly d_id: number;
	readonly mac_addr: string;
	readonly d_name: string;
	readonly status: "online" | "offline";
	readonly extra_setup_webpage: string;
	readonly device_webpage: string;
}

/** Devices register at any time, which no event tells. */
const ASK_EVERY_MS = 5000;

interface BlockDevicesProps {
	readonly panel: Pick<PanelContext, "app" | "project" | "canEdit">;
	readonly block: Block;
}

/** The device of a block, and those it could have. */
export function BlockDevices({ panel, block }: BlockDevicesProps) {
	const { app, project } = panel;
	const words = texts.value.panel.block;
	const { do_id, dm_name, bindings } = block;
	const path = `api/v0/project/${project.pId}/deviceobject/${do_id}/device`;
	const { body, reason, reload } = useAnswer<{ readonly data: readonly Candidate[] }>(
		app.ask,
		path,
		bindings,
	);
	useEffect(() => {
		let cancel = () => {};
		const later = () => {
			cancel = app.clock.after(ASK_EVERY_MS, () => {
				if (document.visibilityState === "visible") reload();
				later();
			});
		};
		later();
		return () => cancel();
	}, [app.clock, reload]);
	const bound = new Set(bindings.map(({ mac_addr }) => mac_addr));
	const devices = body?.data ?? [];
	const others = devices.filter(({ mac_addr }) => !bound.has(mac_addr));
	const free = firstFree(block);
	const bind = (mac_addr: string) => {
		if (free === undefined) return;
		void applyAndSay(panel, [{ kind: "bind", do_id, mac_addr, ...(free > 0 && { seat: free }) }]);
	};
	return (
		<>
			<Bound panel={panel} block={block} devices={devices} />
			{panel.canEdit && <CrowdSize panel={panel} block={block} />}
			{free !== undefined && panel.canEdit && (
				<>
					<h4 class="panel-heading">
						{words.candidates}
						<IconButton icon="refresh" label={words.refresh} onClick={reload} />
					</h4>
					{reason !== undefined && <Failed reason={reason} onRetry={reload} />}
					{body !== undefined && others.length === 0 && bindings.length > 0 && (
						<p class="kit-hint">{words.noOthers}</p>
					)}
					{body !== undefined && others.length === 0 && bindings.length === 0 && (
						<EmptyState
							icon="device"
							title={words.noCandidates(dm_name)}
							hint={words.noCandidatesHint}
							action={
								<LinkButton href={hashOf({ screen: "add-device", pId: project.pId })}>
									{words.addDevice}
								</LinkButton>
							}
						/>
					)}
					<ul class="panel-list">
						{others.map(({ mac_addr, d_name, status }) => (
							<li key={mac_addr}>
								<DeviceName name={d_name} macAddr={mac_addr} status={status} />
								<Button aria-label={words.bindOf(d_name)} onClick={() => bind(mac_addr)}>
									{words.bind}
								</Button>
							</li>
						))}
					</ul>
				</>
			)}
		</>
	);
}

/** The seat a device would take; undefined: all of a crowd are taken. The only device of a block is replaced. */
function firstFree({ seats, bindings }: Block): number | undefined {
	if (seats === null) return 0;
	const taken = new Set(bindings.map(({ seat }) => seat));
	return Array.from({ length: seats }, (_, seat) => seat).find((seat) => !taken.has(seat));
}

interface BoundProps extends BlockDevicesProps {
	readonly devices: readonly Candidate[];
}

function Bound({ panel, block, devices }: BoundProps) {
	const { project } = panel;
	const words = texts.value.panel.block;
	const { do_id, bindings, seats } = block;
	if (bindings.length === 0) {
		const isSimulated = project.document.value?.sim === "on";
		return (
			<p>
				{words.noDevice} {isSimulated && words.simulated}
			</p>
		);
	}
	const unbind = (seat: number) => void applyAndSay(panel, [{ kind: "unbind", do_id, seat }]);
	return (
		<ul class="panel-list">
			{bindings.map(({ seat, mac_addr }) => {
				const known = devices.find((device) => device.mac_addr === mac_addr);
				const { d_name, status } = project.presenceOf(mac_addr).value ?? known ?? {};
				const name = d_name === undefined || d_name === "" ? mac_addr : d_name;
				return (
					<li key={seat}>
						{seats !== null && <span class="panel-seat">{seat + 1}</span>}
						<DeviceName name={name} macAddr={mac_addr} status={status ?? "unknown"} />
						{panel.canEdit && (
							<Button aria-label={words.unbindOf(name)} onClick={() => unbind(seat)}>
								{words.unbind}
							</Button>
						)}
						<DevicePages device={known} />
					</li>
				);
			})}
		</ul>
	);
}

interface DeviceNameProps {
	readonly name: string;
	readonly macAddr: string;
	readonly status: "online" | "offline" | "unknown";
}

function DeviceName({ name, macAddr, status }: DeviceNameProps) {
	return (
		<span class="panel-device" title={`${name}\n${macAddr}`}>
			<span class="panel-name">{name === "" ? macAddr : name}</span>
			<span class={`panel-badge panel-${status}`}>{texts.value.panel.block.status[status]}</span>
		</span>
	);
}

/** Pages of the device itself. */
function DevicePages({ device }: { readonly device: Candidate | undefined }) {
	const { setupPage, devicePage, newTab } = texts.value.panel.block;
	const pages = [
		{ title: setupPage, href: pageAddress(device?.extra_setup_webpage) },
		{ title: devicePage, href: pageAddress(device?.device_webpage) },
	];
	return (
		<>
			{pages.map(
				({ title, href }) =>
					href !== undefined && (
						<a key={title} href={href} target="_blank" rel="noopener noreferrer" title={href}>
							{title} <span class="kit-unseen">{newTab}</span>
						</a>
					),
			)}
		</>
	);
}
