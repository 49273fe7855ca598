import type { PresenceView } from "../../../contract/mod.ts";
import { Icon } from "../kit/icons.tsx";
import { texts } from "../texts/texts.ts";
import type { BlockProps } from "./lane-props.ts";

/** Which device a block has, and whether it is there. */
export function BlockDevice({ lanes, block }: BlockProps) {
	const { lanes: t } = texts.value;
	const [binding] = block.bindings;
	if (block.seats !== null) return <Members lanes={lanes} block={block} seats={block.seats} />;
	const choose = () => {
		lanes.choosing.value = block.do_id;
	};
	if (binding !== undefined) {
		const presence = lanes.project.presenceOf(binding.mac_addr).value;
		const status = lanes.project.contact.value.state === "live" ? presence?.status : undefined;
		const name = presence?.d_name === "" || presence === undefined ? t.noName : presence.d_name;
		const content = (
			<>
				<Dot status={status} />
				<span class="kit-unseen">{t.device} </span>
				<span class="lanes-device-name">{name}</span>
				{status !== undefined && (
					<small class={status === "online" ? "kit-unseen" : undefined}>{t.presence[status]}</small>
				)}
			</>
		);
		return lanes.mayEdit.value ? (
			<button type="button" class="lanes-device" title={name} onClick={choose}>
				{content}
			</button>
		) : (
			<span class="lanes-device">{content}</span>
		);
	}
	const { status, sim } = lanes.project.document.value ?? {};
	const isSimulated = status === "on" && sim === "on";
	if (!lanes.mayEdit.value) {
		return <span class="lanes-device">{isSimulated ? t.simulated : t.states.unbound}</span>;
	}
	return (
		<button type="button" class="lanes-device lanes-device-none" onClick={choose}>
			<Icon name="device" />
			<span class="lanes-device-name">{t.chooseDevice}</span>
			{isSimulated && <small>{t.simulated}</small>}
		</button>
	);
}

/** The devices of a crowd, a square for each seat. */
function Members({ lanes, block, seats }: Omit<BlockProps, "side"> & { readonly seats: number }) {
	const { project } = lanes;
	const isLive = project.contact.value.state === "live";
	const online = new Set(
		block.bindings
			.filter(({ mac_addr }) => isLive && project.presenceOf(mac_addr).value?.status === "online")
			.map(({ seat }) => seat),
	);
	return (
		<div class="lanes-members">
			<span>{texts.value.lanes.members(isLive ? online.size : undefined, seats)}</span>
			<span class="lanes-seats" aria-hidden="true">
				{Array.from({ length: seats }, (_, seat) => (
					<i key={seat} class={online.has(seat) ? "lanes-seat-on" : undefined} />
				))}
			</span>
		</div>
	);
}

/** Filled where it is online; what is not known is neither. */
function Dot({ status }: { readonly status: PresenceView["status"] | undefined }) {
	return <span class={`lanes-presence lanes-presence-${status ?? "none"}`} aria-hidden="true" />;
}
