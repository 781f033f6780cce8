import type { Change } from '../model/plan.ts';
import { changeText } from '../report/change-text.ts';
import { counted } from '../report/counted.ts';
import { detailLine, detailRow } from '../report/detail-row.ts';
import { painter } from '../report/paint.ts';
import { plainText } from '../report/plain-text.ts';
import type { LinePrompt } from './line-prompt.ts';
import type { PrompterOptions } from './prompt.ts';

/** The same change on several hosts, and of how many changes these are. */
export interface GroupQuestion {
  readonly group: readonly [Change, ...Change[]];
  readonly count: number;
}

/** `each`: every host is asked about by itself, when its turn comes. */
export type GroupAnswer = 'yes' | 'no' | 'each' | 'quit' | 'interrupted';

/** Asks once about a change that is the same on several hosts. */
export async function askGroup(
  { group, count }: GroupQuestion,
  prompt: LinePrompt,
  { output, colors }: PrompterOptions,
): Promise<GroupAnswer> {
  const [first] = group;
  output.write(`${changeText(first, { colors, verbose: false })}${detail('on', someHosts(group))}`);
  for (;;) {
    const line = await prompt({
      prefix: `(${group.length} of ${count})`,
      message: `Apply this change to ${plainText(first.container, 64)} on ${counted(group.length, 'host')}? [y,n,v,e,q,?]`,
      check: (text) => /^[ynveq?]$/i.test(text.trim()) || 'one of y n v e q ?',
      wrong: 'goes',
    });
    if (line.kind === 'ended') return line.by;
    switch (line.text.trim().toLowerCase()) {
      case 'y':
        return 'yes';
      case 'n':
        return 'no';
      case 'e':
        return 'each';
      case 'q':
        return 'quit';
      case 'v':
        output.write(
          `${changeText(first, { colors, verbose: true })}${detail('reasons', `as they are on ${plainText(first.host, 64)}`)}${detail('on', allHosts(group))}`,
        );
        break;
      default:
        output.write(HELP);
    }
  }
}

/** The hosts of a group as a line has room for. */
export function someHosts(group: readonly Change[]): string {
  const shown = group.slice(0, 3).map(({ host }) => plainText(host, 64));
  return `${shown.join(', ')}${group.length > 3 ? ` and ${group.length - 3} more` : ''}`;
}

function detail(label: string, value: string): string {
  return `${detailLine(detailRow(label, value), painter(false))}\n`;
}

function allHosts(group: readonly Change[]): string {
  return group.map(({ host }) => plainText(host, 64)).join(' ');
}

const HELP = `\
y  apply this change on all of these hosts
n  leave the container as it is on all of them
v  view the whole change, with every reason, and all of the hosts
e  ask about each host by itself
q  quit; this change and all that follow are not applied
?  this help
`;
