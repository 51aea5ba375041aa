import { Injectable, inject } from '@angular/core';
import { Title } from '@angular/platform-browser';

/** What the browser's tab says: the thing looked at first, the product second. */
@Injectable({ providedIn: 'root' })
export class PageTitle {
  private readonly title = inject(Title);

  set(subject: string | undefined): void {
    this.title.setTitle(subject === undefined ? 'Closewatch' : `${subject} · Closewatch`);
  }
}
