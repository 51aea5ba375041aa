import { type Words } from '../language.ts';

/** Names of rules and levels, and the sentence that tells an incident of each (parameters: `headlineParameters` of the protocol). */
export const ZH_HANS: Words = {
  'rule.leak': '连接泄漏',
  'rule.leak.sentence': '{service} 在 {endpoint} 泄漏[ {leaked} 条]连接',
  'rule.leak.sentence.inbound': '{service} 在端口 {port} 上泄漏[ {leaked} 条]连接',
  'rule.leak.sentence.outbound': '{service} 泄漏[ {leaked} 条]到 {endpoint} 的连接',

  'rule.descriptors': '文件描述符耗尽',
  'rule.descriptors.sentence': '{service} 的文件描述符即将耗尽[：已用 {used}/{limit}][，剩余时间 {timeLeftMs}]',

  'rule.system_descriptors': '系统文件描述符耗尽',
  'rule.system_descriptors.sentence': '{host} 可打开的文件即将耗尽[：已用 {used}/{limit}][，剩余时间 {timeLeftMs}]',

  'rule.ports': '端口耗尽',
  'rule.ports.sentence': '{host} 连往 {endpoint} 的本地端口即将耗尽[：已用 {used}/{limit}][，剩余时间 {timeLeftMs}]',

  'rule.time_wait_overflow': 'TIME_WAIT 溢出',
  'rule.time_wait_overflow.sentence': '{host} 的 TIME_WAIT 已超过上限，连接会跳过该状态[（已有 {increase} 次）]',

  'rule.accept_queue': '接受队列溢出',
  'rule.accept_queue.sentence': '{host} [上 {endpoint} ]的接受队列溢出[：{increase} 条连接被拒]',

  'rule.syn_flood': 'SYN 洪水',
  'rule.syn_flood.sentence': '{host} 遭到大量连接请求冲击[：{halfOpen} 条半开连接]',

  'rule.host_starved': '主机 CPU 不足',
  'rule.host_starved.sentence': '{host} 上的程序[有 {stallShare} 的时间]在等待 CPU',

  'rule.host_silent': '主机失联',
  'rule.host_silent.sentence': '{host} [已 {silentMs} ]没有消息',

  'rule.clock_skew': '时钟偏差',
  'rule.clock_skew.sentence': '{host} 的时钟不准[，偏差 {skewMs}]',

  'rule.threshold': '自定义阈值',
  'rule.threshold.sentence': '{name}：{host} 有[ {value} 条]连接处于 {state}',

  'level.none': '无',
  'level.suspect': '可疑',
  'level.warning': '警告',
  'level.critical': '严重',
};
