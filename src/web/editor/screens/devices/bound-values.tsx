import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Port, ProjectDocument } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { Table } from "../../kit/table.tsx";
import { browserDeps } from "../../project/browser-deps.ts";
import type { OpenProject } from "../../project/open-project.ts";
import { openProject } from "../../project/opened-project.ts";
import { texts } from "../../texts/texts.ts";

export interface BoundValuesProps {
	readonly app: App;
	readonly pId: number;
	readonly pName: string;
	readonly macAddr: string;
	/** Else only the link is shown. */
	readonly isFollowed: boolean;
}

/** A wire of a device in a project; without a join: a feature that is linked nowhere. */
export interface DeviceWire {
	readonly port: Port;
	readonly join?: { readonly na_id: number; readonly na_name: string };
}

/** The wires of a device's blocks. */
export function wiresOf({ blocks, joins }: ProjectDocument, macAddr: string): DeviceWire[] {
	const ports = blocks
		.filter(({ bindings }) => bindings.some(({ mac_addr }) => mac_addr === macAddr))
		.flatMap((block) => block.ports);
	return ports.flatMap((port): DeviceWire[] => {
		const linked = joins.filter(({ links }) => links.some(({ dfo_id }) => dfo_id === port.dfo_id));
		return linked.length === 0 ? [{ port }] : linked.map((join) => ({ port, join }));
	});
}

/** What a device sends and gets in one project, as it comes. */
export function BoundValues({ app, pId, pName, macAddr, isFollowed }: BoundValuesProps) {
	const project = useProject(app, pId, isFollowed);
	const { devices } = texts.value;
	const document = project?.document.value;
	const isStale = project?.contact.value.state !== "live";
	const block = document?.blocks.find(({ bindings }) =>
		bindings.some(({ mac_addr }) => mac_addr === macAddr),
	);
	return (
		<div class={isStale ? "devices-project devices-stale" : "devices-project"}>
			<h3>
				<a href={block === undefined ? `#/p/${pId}` : `#/p/${pId}/block/${block.do_id}`}>{pName}</a>
				{document?.status === "off" && <span class="devices-faint"> {devices.projectOff}</span>}
			</h3>
			{project !== undefined && document !== undefined && (
				<Table
					label={devices.openBlock(pName)}
					rows={wiresOf(document, macAddr)}
					keyOf={({ port, join }) => `${port.dfo_id} ${join?.na_id}`}
					columns={[
						{
							title: devices.features,
							cell: ({ port }) => (
								<span class="devices-name" title={port.df_name}>
									{port.alias_name}
								</span>
							),
						},
						{
							title: devices.join,
							cell: ({ join }) =>
								join === undefined ? (
									<span class="devices-faint">{devices.notLinked}</span>
								) : (
									<a href={`#/p/${pId}/join/${join.na_id}`}>{join.na_name}</a>
								),
						},
						{
							title: devices.value,
							cell: (wire) => <Value project={project} wire={wire} />,
						},
					]}
				/>
			)}
		</div>
	);
}

function useProject(app: App, pId: number, isFollowed: boolean): OpenProject | undefined {
	const [project, setProject] = useState<OpenProject>();
	useEffect(() => {
		if (!isFollowed) return;
		const opened = openProject(
			pId,
			browserDeps(app.ask, () => app.session.person.value.u_id),
		);
		setProject(opened);
		return () => {
			opened.close();
			setProject(undefined);
		};
	}, [app, pId, isFollowed]);
	return project;
}

interface ValueProps {
	readonly project: OpenProject;
	readonly wire: DeviceWire;
}

/** What the device itself sent or got: of an input, before its function. */
function Value({ project, wire: { port, join } }: ValueProps) {
	if (join === undefined) return null;
	return <WireText project={project} port={port} naId={join.na_id} />;
}

interface WireTextProps {
	readonly project: OpenProject;
	readonly port: Port;
	readonly naId: number;
}

function WireText({ project, port, naId }: WireTextProps) {
	// Only this text changes with each value.
	const text = useComputed(() => {
		const told = project.valueOf(naId, port.dfo_id).value;
		if (told === undefined) return texts.value.devices.noValue;
		return port.df_type === "input" ? (told.input ?? told.value) : told.value;
	});
	return <code class="devices-value">{text}</code>;
}
