import { Component, computed, input } from '@angular/core';
import { LucideTriangleAlert } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { grantsOf, lackOf } from './lack-advice.ts';

/** What the agent lacks, in one line; opened, what each means in words, what the agent says itself, and how to grant it. */
@Component({
  selector: 'cw-agent-lacks',
  imports: [LucideTriangleAlert, TranslocoPipe],
  templateUrl: './agent-lacks.html',
  styleUrl: './agent-lacks.scss',
})
export class AgentLacks {
  /** In the agent's words. */
  readonly missing = input.required<readonly string[]>();
  /** The host sends text of ss or netstat: nobody is there to be granted anything. */
  readonly agentless = input(false);
  protected readonly lacks = computed(() => this.missing().map(lackOf));
  /** Of several with one name (`sysctl`), the name once. */
  protected readonly names = computed(() => [...new Set(this.lacks().map(({ name }) => name))]);
  protected readonly grants = computed(() => grantsOf(this.lacks()));
}
