import { Component, input, type Type } from '@angular/core';

/**
 * Stands in for @lucide/angular in Jest: Angular links a library class by class when it loads there, and 1,900 icons
 * take 20 s in which nothing is tested. What an icon looks like is seen in the browser tests.
 */
function icon(name: string): Type<unknown> {
  @Component({ selector: `svg[lucide${name}]`, template: '' })
  class Icon {
    readonly size = input<string | number>();
  }
  return Icon;
}

export const LucideCheck = icon('Check');
export const LucideChevronLeft = icon('ChevronLeft');
export const LucideContrast = icon('Contrast');
export const LucideDatabase = icon('Database');
export const LucideFlaskConical = icon('FlaskConical');
export const LucideHistory = icon('History');
export const LucideLanguages = icon('Languages');
export const LucideLogOut = icon('LogOut');
export const LucideMonitor = icon('Monitor');
export const LucideMoon = icon('Moon');
export const LucideRefreshCw = icon('RefreshCw');
export const LucideServer = icon('Server');
export const LucideSiren = icon('Siren');
export const LucideSun = icon('Sun');
export const LucideTriangleAlert = icon('TriangleAlert');
