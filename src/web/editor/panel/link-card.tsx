import { Button, IconButton } from "../kit/button.tsx";
import { joinIn } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import { FailureNote, ProgressNote, placeId } from "./failures.tsx";
import { InputParams } from "./input-params.tsx";
import { changesValues, type LinkPartProps } from "./linked.ts";
import { LiveValue } from "./live-value.tsx";
import { OutputParams } from "./output-params.tsx";
import { applyAndSay, type PanelContext } from "./panel-context.ts";
import { ProgressBadge } from "./progress-badge.tsx";

interface LinkCardProps extends LinkPartProps {
	/** Of its heading: `h4` below a heading of its side. */
	readonly level?: "h3" | "h4";
	/** `z1`, or empty. */
	readonly label: string;
	/** Where it may be moved among the inputs; undefined: nowhere. */
	readonly order?: { readonly at: number; readonly last: number } | undefined;
}

/** A link in the panel of its join, or by itself: value, function, parameters, failure. */
export function LinkCard(props: LinkCardProps) {
	const { panel, join, port, block, label, order, level: Heading = "h4" } = props;
	const words = texts.value.panel.join;
	const { na_id } = join;
	const { dfo_id, alias_name: name, df_type } = port;
	const isInput = df_type === "input";
	const isChanged = isInput && changesValues(props.link);
	const place = { panel, naId: na_id, dfoId: dfo_id };
	const title = `${label === "" ? "" : `${label} `}${name}`;
	const move = (at: number) => void applyAndSay(panel, [{ kind: "move_link", na_id, dfo_id, at }]);
	return (
		<section class="panel-card" id={placeId(dfo_id)} tabIndex={-1} aria-label={title}>
			<header>
				<Heading>
					{label !== "" && <span class="panel-label">{label}</span>}
					<Button
						kind="quiet"
						title={words.edit(name)}
						onClick={() => panel.onSelect({ kind: "port", id: dfo_id })}
					>
						{name}
					</Button>
					<small>{block.dm_name}</small>
				</Heading>
				{panel.canEdit && (
					<div class="panel-tools">
						{order !== undefined && (
							<>
								<IconButton
									icon="up"
									label={words.up(title)}
									disabled={order.at === 0}
									onClick={() => move(order.at - 1)}
								/>
								<IconButton
									icon="down"
									label={words.down(title)}
									disabled={order.at === order.last}
									onClick={() => move(order.at + 1)}
								/>
							</>
						)}
						<IconButton
							icon="unlink"
							label={words.unlink(title)}
							onClick={() => void unlink(props)}
						/>
					</div>
				)}
			</header>
			<p class="panel-values">
				{isChanged && <LiveValue key={`i${dfo_id}`} {...place} from="input" />}
				{isChanged && <span aria-hidden="true">→</span>}
				<LiveValue key={`v${dfo_id}`} {...place} />
				<ProgressBadge {...place} />
			</p>
			<ProgressNote {...place} name={name} />
			<FailureNote {...place} />
			{isInput ? <InputParams {...props} /> : <OutputParams {...props} />}
		</section>
	);
}

interface UnlinkProps extends Pick<LinkPartProps, "join" | "port"> {
	readonly panel: PanelContext;
}

/** Takes a link away; the last input or output takes its join along. */
export async function unlink({
	panel,
	join: { na_id, na_name },
	port: { dfo_id, alias_name },
}: UnlinkProps): Promise<void> {
	await applyAndSay(panel, [{ kind: "remove_link", na_id, dfo_id }], () => {
		const words = texts.value.panel.join;
		const isThere = joinIn(panel.project.document.value, na_id) !== undefined;
		return isThere ? words.unlinked(alias_name) : words.unlinkedAll(alias_name, na_name);
	});
}
