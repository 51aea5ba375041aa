import { type Words } from '../language.ts';

/** What the agent tells the person at its terminal about the leaks of this host. */
export const ZH_HANS: Words = {
  'leaks.none': '没有连接处于 CLOSE_WAIT。',
  'leaks.summary': '[{total} 条]处于 CLOSE_WAIT，其中 {aged} 条已达 {minAgeSeconds}或更久',
  'leaks.more': '另有 {count} 组：--json 会逐一说明原因',
  'leaks.orphaned': '{count} 个孤儿：已不在内核表中，描述符仍然打开',
  'leaks.descriptor': '{executable}（{pid}）描述符 {descriptor}',
  'leaks.threads': '{threads} 个线程：{doing}',
  'leaks.threads_unread': '{threads} 个线程：无法读取',
  'leaks.cpu': 'CPU 运行 {runMsPerSecond} ms/s，等待 {waitMsPerSecond} ms/s',
  'leaks.throttled': '限流 {throttledMsPerSecond} ms/s',
  'leaks.descriptors': '描述符 {used}/{limit}',
  'leaks.descriptors_unlimited': '描述符 {used}，无上限',
};
