import { type Words } from '../language.ts';

/** What happens to an incident, in its timeline. */
export const ZH_HANS: Words = {
  'incident.event.opened': '事件产生',
  'incident.event.escalated': '升级为严重',
  'incident.event.eased': '降级为警告',
  'incident.event.stale': '主机失联，期间情况不明',
  'incident.event.fresh': '主机恢复通信',
  'incident.event.verdict_changed': '判定发生变化',
  'incident.event.clearing': '开始消退',
  'incident.event.resolved': '已解决',
  'incident.event.reopened': '再次出现',
  'incident.event.evidence': '已收集证据',
  'incident.event.acknowledged': '已确认',
  'incident.event.unacknowledged': '撤销确认',
  'incident.event.owner': '负责人变更',
  'incident.event.note': '备注',
  'incident.event.review': '判定已复核',
  'incident.event.restart': '服务已重启',
  'incident.state.open': '未解决',
  'incident.state.resolved': '已解决',
  'incident.resolved.recovered': '自行恢复',
  'incident.resolved.restart': '因重启而解决',
  'incident.resolved.by_hand': '人工解决',
  'incident.resolved.host_gone': '主机已下线',
};
